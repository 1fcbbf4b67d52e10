using static SimpleFlow.Flow;

namespace SimpleFlow.Tests;

/// <summary>The networks of the project this one grew from, as its users wrote them.</summary>
internal static class SeedNetworks
{
    /// <summary>A parabola through noisy points: 1 → 20 → 1.</summary>
    public sealed record Parabola(Placeholder X, Placeholder Y, Node Predicted, Node Loss)
    {
        public static Parabola Create()
        {
            var x = new Placeholder("x", [null, 1]);
            var y = new Placeholder("y", [null, 1]);
            var w1 = new Variable("w_1", [1, 20]);
            var b1 = new Variable("b_1", [20], Initializer.Constant(0.1f));
            var w2 = new Variable("w_2", [20, 1]);
            var b2 = new Variable("b_2", [1], Initializer.Constant(0.1f));
            var l1 = AddFlow(AddFlow(x, new MatMul(w1), "dot(x, w_1)"), new Add(b1), "dot(x, w_1) + b_1");
            l1 = AddFlow(l1, new Relu(), "relu(l_1)");
            var predicted = AddFlow(AddFlow(l1, new MatMul(w2), "dot(l_1, w_2)"), new Add(b2), "dot(l_1, w_2) + b_2");
            var loss = AddFlow(AddFlow(AddFlow(AddFlow(
                predicted, new Subtract(y), "y_pre - y"), new Power(2), "(y_pre - y)^2"),
                new ReduceSum(axis: 1), "sum((y_pre - y)^2)"), new ReduceMean(), "loss");
            return new Parabola(x, y, predicted, loss);
        }

        public Feed Feed(int rows)
        {
            float[] xs = [.. Enumerable.Range(0, rows).Select(i => 2f * i / rows - 1)];
            return new Feed { [X] = xs, [Y] = Array.ConvertAll(xs, x => 94 * x * x + 21) };
        }
    }

    /// <summary>Handwritten digits: 784 → 64 → 10 with a softmax and the cross-entropy of its logarithm.</summary>
    public sealed record Mnist(Placeholder X, Placeholder Y, Node Predicted, Node Loss)
    {
        public static Mnist Create()
        {
            var x = new Placeholder("img", [null, 784]);
            var y = new Placeholder("label", [null, 10]);
            var hidden = Layers.Dense(x, 64, Activation.Relu, Initializer.Normal(0.3f), Initializer.Constant(0.1f), name: "dense_layer_1");
            var predicted = Layers.Dense(hidden, 10, Activation.Softmax, Initializer.Normal(0.3f), Initializer.Constant(0.1f),
                name: "predict_dense");
            var logarithm = AddFlow(AddFlow(predicted, new Add(new Constant("epsilon", 1e-8f)), "predict + epsilon"), new Log(),
                "log(predict(x))");
            var loss = AddFlow(AddFlow(logarithm, new Multiply(y), "y * log(predict)"), new ReduceSum(axis: 1), "reduce_sum(y * log(p))");
            loss = AddFlow(AddFlow(loss, new Multiply(new Constant("-1", -1f)), "-reduce_sum(y * log(p))"), new ReduceMean(), "loss");
            return new Mnist(x, y, predicted, loss);
        }

        public Feed Feed(int rows)
        {
            var random = new Random(1);
            var (images, labels) = (new float[rows, 784], new float[rows, 10]);
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < 784; j++) images[i, j] = random.NextSingle();
                labels[i, random.Next(10)] = 1;
            }
            return new Feed { [X] = images, [Y] = labels };
        }
    }
}
