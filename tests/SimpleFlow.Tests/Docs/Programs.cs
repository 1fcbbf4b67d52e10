using static SimpleFlow.Flow;

namespace SimpleFlow.Tests.Docs;

/// <summary>
/// The programs of the pages. What stands between <c>// program NAME</c> and <c>// end</c> is the text of a page, word for
/// word but for comments and the lines at its top; <see cref="ProgramTests"/> compares them, runs them and compares what they print.
/// </summary>
internal sealed class Programs
{
    // In here, "Console" is this: the programs print into it.
    private readonly StringWriter Console = new() { NewLine = "\n" };

    public static IReadOnlyDictionary<string, Action<Programs>> All { get; } = new Dictionary<string, Action<Programs>>(
        StringComparer.Ordinal)
    {
        ["parabola"] = programs => programs.Parabola(),
        ["seed parabola"] = programs => programs.SeedParabola(),
        ["seed digits"] = programs => programs.SeedDigits(),
        ["several"] = programs => programs.Several(),
        ["two layers"] = programs => programs.TwoLayers(),
        ["rates"] = programs => programs.Rates(),
        ["second"] = programs => programs.Second(),
        ["plan"] = programs => programs.Plan(),
    };

    public static string Run(string name)
    {
        var programs = new Programs();
        All[name](programs);
        return programs.Console.ToString();
    }

    private void Parabola()
    {
        // program parabola
        float[] xs = [.. Enumerable.Range(0, 200).Select(i => -1 + i / 99.5f)];
        float[] ys = [.. xs.Select(v => 94 * v * v + 21)];                  // the function to learn

        var x = new Placeholder("x", [null, 1]);                            // any number of rows of one number
        var y = new Placeholder("y", [null, 1]);
        var hidden = Layers.Dense(x, 20, Activation.Relu, name: "hidden");  // relu(x·w + b)
        var prediction = Layers.Dense(hidden, 1, name: "output");
        var loss = (prediction - y).Power(2).Mean(name: "loss");

        var model = new Model(loss, prediction, new Adam(learningRate: 0.01f));
        var history = model.Fit(new Dataset { [x] = xs, [y] = ys }, epochs: 500);

        Console.Write(model.Summary());
        Console.WriteLine($"loss: {history.Epochs[0].Loss:F0} at first, {history.Last.Loss:F1} at last");
        Console.WriteLine($"at 0.5 the network says {model.PredictScalar(new Feed { [x] = 0.5f }):F1}; 94 · 0.5² + 21 is 44.5");
        // end
    }

    private void SeedParabola()
    {
        // program seed parabola
        var x = new Placeholder("x", [null, 1]);
        var y = new Placeholder("y", [null, 1]);
        var w1 = new Variable("w_1", [1, 20]);
        var b1 = new Variable("b_1", [20], Initializer.Constant(0.1f));
        var w2 = new Variable("w_2", [20, 1]);
        var b2 = new Variable("b_2", [1], Initializer.Constant(0.1f));

        var l1 = AddFlow(AddFlow(x, new MatMul(w1), "dot(x, w_1)"),
            new Add(b1),
            "dot(x, w_1) + b_1");
        l1 = AddFlow(l1, new Relu(), "relu(l_1)");
        var yPre = AddFlow(AddFlow(l1, new MatMul(w2), "dot(l_1, w_2)"),
            new Add(b2),
            "dot(l_1, w_2) + b_2");

        var loss = AddFlow(
            AddFlow(AddFlow(AddFlow(yPre, new Subtract(y), "y_pre - y"),
                new Power(2),
                "(y_pre - y)^2"),
                new ReduceSum(axis: 1),
                "sum((y_pre - y)^2)"),
            new ReduceMean(),
            "loss");

        var model = new Model(losses: loss, predictions: yPre, optimizer: new GradientDescent());
        float[] xData = [.. Enumerable.Range(0, 200).Select(i => -1 + i / 99.5f)];
        float[] yData = [.. xData.Select(v => 94 * v * v + 21)];
        var random = new Random(1);
        for (var epoch = 0; epoch < 200; epoch++)
        {
            var batch = Enumerable.Range(0, 32).Select(_ => random.Next(200)).ToArray();
            var feed = new Feed
            {
                [x] = batch.Select(row => xData[row]).ToArray(),
                [y] = batch.Select(row => yData[row]).ToArray(),
            };
            model.Fit(feed, maxIterations: 50);
        }

        var yDraw = model.Predict(new Feed { [x] = xData });
        Console.WriteLine($"{yDraw.FlattenedLength} points to draw; at x = 1 the network says {yDraw[199, 0]:F0}, and 94 + 21 is 115");
        // end
    }

    private void SeedDigits()
    {
        // program seed digits
        var x = new Placeholder("img", [null, 784]);    // 28 · 28
        var y = new Placeholder("label", [null, 10]);   // 1 at the digit, 0 elsewhere
        var l1 = Layers.Dense(x, 64, Activation.Relu, Initializer.Normal(0.3f), Initializer.Constant(0.1f), "dense_layer_1");
        var predict = Layers.Dense(l1, 10, Activation.Softmax, Initializer.Normal(0.3f), Initializer.Constant(0.1f), "predict_dense");

        var epsilon = new Constant("epsilon_for_predict", [1e-8f]);
        var logPredict = AddFlow(
            AddFlow(predict, new Add(epsilon), name: "predict + epsilon"),
            new Log(), name: "log(predict(x))");
        var yLogPredict = AddFlow(logPredict, new Multiply(y), name: "y * log(predict)");
        var loss = AddFlow(yLogPredict, new ReduceSum(axis: 1), name: "reduce_sum(y * log(p))");
        loss = AddFlow(loss, new Multiply(new Constant("-1", -1.0f)), name: "-reduce_sum(y * log(p))");
        loss = AddFlow(loss, new ReduceMean(), name: "loss");

        var model = new Model(loss, predict, new GradientDescent(learningRateDecay: 0), Metrics.Accuracy(predict, y));
        var digits = Mnist.Load();
        var before = model.Evaluate(new Feed { [x] = digits.Test.Images, [y] = digits.Test.Labels.OneHot(10) });
        model.Fit(new Feed { [x] = digits.Train.Images.Slice(0, 200), [y] = digits.Train.Labels.Slice(0, 200).OneHot(10) },
            maxIterations: 400);
        var after = model.Evaluate(new Feed { [x] = digits.Test.Images, [y] = digits.Test.Labels.OneHot(10) });
        Console.WriteLine(after.Metrics["accuracy"] > before.Metrics["accuracy"] ? "it learns" : "it does not learn");
        // end
    }

    private void Several()
    {
        // program several
        var x = new Variable("x", [], Initializer.Constant(0f));
        var left = (x - 1f).Power(2, "left");           // lowest at 1
        var right = (x - 5f).Power(2, "right");         // lowest at 5
        var model = new Model(losses: [left, right], predictions: [x, left + right], optimizer: new GradientDescent(0.1f));
        var result = model.Fit([], maxIterations: 1000);
        Console.WriteLine(
            $"{result.Iterations} iterations, settled: {result.Settled}; x = {x.Value:F2}, left = {left.Value:F2}, right = "
                + $"{right.Value:F2}");
        // end
    }

    private void TwoLayers()
    {
        // program two layers
        var x = new Placeholder("x", [null, 2]);
        var y = new Placeholder("y", [null, 1]);
        var w1 = new Variable("w_1", [2, 2], Initializer.Constant(1, -1, 1, 1));
        var w2 = new Variable("w_2", [2, 1], Initializer.Constant(1, 2));
        var b2 = new Variable("b_2", [1], Initializer.Constant(-1f));
        var l1 = x.MatMul(w1).Relu();
        var yPre = l1.MatMul(w2) + b2;
        var loss = (yPre - y).Power(2).Sum(axis: 1).Mean();

        var feed = new Feed { [x] = new float[,] { { 1, 2 }, { 2, -1 } }, [y] = new float[,] { { 3 }, { 2 } } };
        var gradients = Gradients.Of(loss, yPre, l1, w1, w2, b2);
        var values = PlainReading.Of([yPre, loss, .. gradients], feed);
        string[] names = ["y_pre", "loss", "∂loss/∂y_pre", "∂loss/∂l_1", "∂loss/∂w_1", "∂loss/∂w_2", "∂loss/∂b_2"];
        for (var i = 0; i < names.Length; i++) Console.WriteLine($"{names[i]} = {string.Join(" ", values[i])}");

        var model = new Model(loss, optimizer: new GradientDescent(0.01f));
        model.Fit(feed, maxIterations: 1);
        Console.WriteLine($"after one step: loss = {model.Evaluate(feed).Loss:F4}, w_2 = {w2.Values[0, 0]:F2} {w2.Values[1, 0]:F2}");
        // end
    }

    private void Rates()
    {
        // program rates
        foreach (var rate in new[] { 0.1f, 0.5f, 0.9f, 1f, 1.1f })
        {
            var x = new Variable("x", [], Initializer.Constant(-1.5f));
            var loss = x.Power(2);
            var model = new Model(loss, optimizer: new GradientDescent(rate, learningRateDecay: 0));
            Console.Write($"rate {rate}:");
            for (var step = 0; step < 5; step++)
            {
                model.Fit([], maxIterations: 1);
                Console.Write($" {x.Value:F2}");
            }
            Console.WriteLine();
        }
        // end
    }

    private void Second()
    {
        // program second
        var x = new Variable("x", [], Initializer.Constant(2f));
        var y = x.Power(3);
        var first = Gradients.Of(y, x)[0];
        var second = Gradients.Of(first, x)[0];
        var values = PlainReading.Of([first, second], []);
        Console.WriteLine($"3·x² = {values[0][0]}, 6·x = {values[1][0]}");
        // end
    }

    private void Plan()
    {
        // program plan
        var x = new Placeholder("x", [null, 2]);
        var y = new Placeholder("y", [null, 1]);
        var w1 = new Variable("w_1", [2, 3]);
        var b1 = new Variable("b_1", [3]);
        var w2 = new Variable("w_2", [3, 1]);
        var l1 = (x.MatMul(w1) + b1).Relu("l_1");
        var yPre = l1.MatMul(w2, name: "y_pre");
        var loss = (yPre - y).Power(2).Mean(name: "loss");

        var model = new Model(loss, yPre, new GradientDescent(learningRateDecay: 0));
        Console.Write(model.PlanText(new Feed { [x] = new float[4, 2], [y] = new float[4, 1] }));
        // end
    }
}
