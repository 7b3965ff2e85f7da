"""Graded exercises for the input stage of a Vision Transformer, and the grader that judges them."""
