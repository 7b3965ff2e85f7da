"""An autograder for Gradescope: its archive, and the program that grades in its container."""
