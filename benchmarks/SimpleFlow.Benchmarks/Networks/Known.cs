using static SimpleFlow.Benchmarks.StepLayer;

namespace SimpleFlow.Benchmarks;

/// <summary>The networks of the table.</summary>
internal static class Known
{
    public static StepNetwork Parabola => StepNetwork.Dense([1, 20, 1], 32, LossKind.SquaredError, OptimizerKind.Sgd);

    public static StepNetwork SeedMnist => StepNetwork.Dense([784, 64, 10], 200, LossKind.SeedCrossEntropy, OptimizerKind.Sgd);

    public static StepNetwork MnistAdam => StepNetwork.Dense([784, 64, 10], 200, LossKind.CrossEntropy, OptimizerKind.Adam);

    public static StepNetwork Wide => StepNetwork.Dense([784, 1024, 1024, 10], 256, LossKind.CrossEntropy, OptimizerKind.Adam);

    public static StepNetwork LeNet => new(
        "LeNet-5, batch 128, Adam", [1, 28, 28],
        [new Convolution(6, 5, 2), new MaxPool(2), new Convolution(16, 5, 0), new MaxPool(2), new Dense(120), new Dense(84), new Dense(10)],
        128, LossKind.CrossEntropy, OptimizerKind.Adam);

    public static StepNetwork Cnn => new(
        "CNN 32-64-9216-128-10, batch 64, Adam", [1, 28, 28],
        [new Convolution(32, 3, 0), new Convolution(64, 3, 0), new MaxPool(2), new Dense(128), new Dense(10)],
        64, LossKind.CrossEntropy, OptimizerKind.Adam);
}
