"""The training step of the seed's MNIST network, 784-64-10, batch 200, as the seed computes it: node by node on NumPy, in float64,
with its test whether anything still moves. Takes the number of threads; prints the seconds of one step: the median of several blocks."""
import os
import statistics
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = sys.argv[1] if len(sys.argv) > 1 else "1"

import numpy as np

random = np.random.default_rng(7)
x = random.random((200, 784))
y = np.eye(10)[random.integers(0, 10, 200)]
w1, b1 = random.normal(0, 0.3, (784, 64)), np.full(64, 0.1)
w2, b2 = random.normal(0, 0.3, (64, 10)), np.full(10, 0.1)
rate, epsilon = 0.001, 1e-8


def step():
    global rate
    # forward
    dot1 = np.dot(x, w1)
    sum1 = dot1 + b1
    relu = np.maximum(sum1, 0)
    dot2 = np.dot(relu, w2)
    sum2 = dot2 + b2
    exponentials = np.exp(sum2 - sum2.max(axis=1, keepdims=True))
    predicted = exponentials / exponentials.sum(axis=1, keepdims=True)
    shifted = predicted + epsilon
    product = np.log(shifted) * y
    loss = (product.sum(axis=1) * -1.0).mean()
    # backward
    to_rows = np.full(200, 1 / 200) * -1.0
    to_product = np.repeat(to_rows[:, None], 10, axis=1)
    to_predicted = to_product * y / shifted
    to_sum2 = predicted * (to_predicted - (to_predicted * predicted).sum(axis=1, keepdims=True))
    to_w2, to_b2 = np.dot(relu.T, to_sum2), to_sum2.sum(axis=0)
    to_relu = np.dot(to_sum2, w2.T)
    to_sum1 = to_relu * (sum1 > 0)
    to_w1, to_b1 = np.dot(x.T, to_sum1), to_sum1.sum(axis=0)
    # update
    moved = 0.0
    for variable, gradient in ((w1, to_w1), (b1, to_b1), (w2, to_w2), (b2, to_b2)):
        move = rate * gradient
        variable -= move
        moved = max(moved, np.abs(move).max())
    rate = max(rate - 1e-8, 1e-6)
    return loss, moved > 1e-8


def block(steps):
    began = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - began) / steps


block(20)
print(statistics.median(block(20) for _ in range(7)))
