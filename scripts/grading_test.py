"""Runs nbgrader's commands over a course, in one process because importing nbgrader takes longest; prints every score.

usage: grading_test.py COURSE ASSIGNMENT ANSWERS
ANSWERS is JSON: each student's answers, by the cell's name: texts for its stubs, in order; null for the course's own.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
from jupyter_core.application import NoStart
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderApp

course, name, answers = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
STUB = re.compile(r"[ \t]*// YOUR CODE HERE\n[ \t]*throw new Error\(.*\);|YOUR ANSWER HERE")


def nbgrader(*args):
    """The command line `nbgrader …`; an error ends this process as it would end the command."""
    app = NbGraderApp.instance()
    app.initialize(list(args))
    try:
        app.start()
    except NoStart:  # the subcommand has been run instead
        pass
    type(app.subapp).clear_instance()


def submit(student, given):
    """Hands in the released notebook with these answers in the place of its stubs."""
    path = f"{name}/{name}.ipynb"
    source = {cell.metadata.nbgrader.grade_id: cell for cell in read(f"source/{path}") if "nbgrader" in cell.metadata}
    notebook = nbformat.read(course / "release" / path, as_version=4)
    for cell in notebook.cells:
        grading = cell.metadata.get("nbgrader", {})
        if not grading.get("solution"):
            continue
        if given is None:
            cell.source = source[grading.grade_id].source
        for answer in (given or {}).get(grading.grade_id, []):
            cell.source = STUB.sub(lambda _: answer, cell.source, count=1)
    (course / "submitted" / student / name).mkdir(parents=True)
    nbformat.write(notebook, course / "submitted" / student / path)


def read(path):
    return nbformat.read(course / path, as_version=4).cells


def grade_by_hand(book, student, cell, points):
    """What formgrader does when a teacher gives points."""
    grade = book.find_grade(cell, name, name, student)
    assert grade.needs_manual_grade, f"{student}: {cell} does not wait for a teacher"
    grade.manual_score, grade.needs_manual_grade = points, False
    book.db.commit()


nbgrader("generate_assignment", name)
for student, given in answers.items():
    submit(student, given)
released = course / "release" / name / f"{name}.ipynb"
convert = [sys.executable, "-m", "nbconvert", "--to=notebook", "--execute", "--allow-errors", "--output=executed"]
executing = subprocess.Popen([*convert, released], stderr=subprocess.PIPE)

nbgrader("autograde", name)
_, errors = executing.communicate()
assert executing.returncode == 0, errors.decode()
with Gradebook("sqlite:///gradebook.db") as book:
    grade_by_hand(book, "right", "descend-why", 4)
    grade_by_hand(book, "partly", "descend-why", 2)
    submissions = book.assignment_submissions(name)
    scores = {one.student.id: {grade.name: grade.score for grade in one.notebooks[0].grades} for one in submissions}
nbgrader("generate_feedback", name)
nbgrader("export")
print(json.dumps(scores))
