"""What nbgrader has to know of TypeScript, and of this course. nbgrader reads it in the folder it is started in."""

c = get_config()  # noqa: F821: nbgrader hands it to this file

c.CourseDirectory.course_id = "tensors"

# What students find in the place of a solution: code that type-checks anywhere, and says what is missing when it runs.
c.ClearSolutions.code_stub = {
    "typescript": '// YOUR CODE HERE\nthrow new Error("There is no answer here yet.");'
}
