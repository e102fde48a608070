"""The program that holds a model: run in the model's own environment, it answers scoring requests on a Unix socket.

It imports the standard library, numpy, pandas where it is there, and the model's loader module; nothing of trackui,
Django or MLflow. Python 3.10 or later, pandas 1.5 or later.
"""
