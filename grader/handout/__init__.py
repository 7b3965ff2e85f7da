"""What is handed out: the students' course, the notebooks, an autograder for Gradescope."""
