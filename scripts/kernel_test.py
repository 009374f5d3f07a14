"""Jupyter's own test suite for kernels, over Jacobi; run by clients.jupyter.test.ts."""
import unittest

import jupyter_kernel_test


class JacobiTests(jupyter_kernel_test.KernelTests):
    kernel_name = "jacobi"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("oh")'
    completion_samples = [
        {"text": "Math.sig", "matches": ["sign"]},
        {"text": "const text = ''; text.toUpper", "matches": ["toUpperCase"]},
    ]
    complete_code_samples = ["1", "const x = 1;", "function f() {\n  return 1;\n}", "const g = <T,>(t: T) => t;"]
    incomplete_code_samples = ["function f() {", "const s = `ab", "f(1,", "[1, 2"]
    invalid_code_samples = ["const 1 = x;", ")"]
    code_generate_error = 'throw new Error("oh")'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"a" + "b"', "result": "'ab'"},
        {"code": "[1, 2].map((x) => x * x)", "result": "[ 1, 4 ]"},
    ]
    code_display_data = [
        {"code": "display(Markdown('**x**'))", "mime": "text/markdown"},
        {"code": "display(HTML('<b>x</b>'))", "mime": "text/html"},
    ]
    code_history_pattern = "6 * ?"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.sin"
    code_page_something = 'import { page } from "jacobi/display"; page("a page")'
    code_clear_output = "clear_output()"


class WelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "jacobi"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main(verbosity=2)
