// Lesson 13: train, validate, test. Made from learn/13-train-validate-test.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
var random = new Random(4);
float Truth(float v) => MathF.Sin(3 * v);

(float[] Xs, float[] Ys) Measure(int count)
{
    float[] at = [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
    return (at, [.. at.Select(v => Truth(v) + 0.6f * (random.NextSingle() + random.NextSingle() - 1))]);
}

var train = Measure(14);
var validate = Measure(100);
var test = Measure(1000);
double[] Polynomial(float[] xs, float[] ys, int degree)
{
    var (size, rows) = (degree + 1, new double[degree + 1, degree + 2]);        // least squares, as in lesson 5: one equation
    for (var i = 0; i < xs.Length; i++)                                         // for each coefficient
    {
        for (var r = 0; r < size; r++)
        {
            for (var c = 0; c < size; c++) rows[r, c] += Math.Pow(xs[i], r + c);
            rows[r, size] += Math.Pow(xs[i], r) * ys[i];
        }
    }
    for (var c = 0; c < size; c++)                                              // Gauss: clear one column after the other
    {
        var pivot = Enumerable.Range(c, size - c).MaxBy(r => Math.Abs(rows[r, c]));
        for (var k = 0; k <= size; k++) (rows[c, k], rows[pivot, k]) = (rows[pivot, k], rows[c, k]);
        for (var r = 0; r < size; r++)
        {
            var factor = r == c ? 0 : rows[r, c] / rows[c, c];
            for (var k = c; k <= size; k++) rows[r, k] -= factor * rows[c, k];
        }
    }
    return [.. Enumerable.Range(0, size).Select(r => rows[r, size] / rows[r, r])];
}

double At(double[] coefficients, double v) => coefficients.Reverse().Aggregate(0.0, (sum, coefficient) => sum * v + coefficient);
double Error((float[] Xs, float[] Ys) points, Func<float, double> curve) =>
    points.Xs.Zip(points.Ys, (x, y) => (curve(x) - y) * (curve(x) - y)).Average();

int[] degrees = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
var fits = degrees.Select(degree => Polynomial(train.Xs, train.Ys, degree)).ToList();
foreach (var degree in degrees)
{
    Console.WriteLine($"degree {degree}: {Error(train, v => At(fits[degree], v)):F3} on the training points, "
        + $"{Error(validate, v => At(fits[degree], v)):F3} on new ones");
}
var curves = new Chart("Fourteen points, three polynomials").Axes("x", "y").Points<float>(train.Xs, train.Ys, "training points");
foreach (var degree in new[] { 1, 3, 9 })
    curves.Function(v => Math.Clamp(At(fits[degree], v), -2.1, 2.1), train.Xs.Min(), train.Xs.Max(), $"degree {degree}");
curves.Plot.Axes.SetLimitsY(-2, 2);
curves.SavePng("pictures/13-polynomials.png");
double[] axis = [.. degrees.Select(degree => (double)degree)];
var errors = new Chart("Where more no longer helps", logarithmicY: true).Axes("degree of the polynomial", "mean squared error")
    .Curve<double>(axis, degrees.Select(degree => Error(train, v => At(fits[degree], v))).ToArray(), "training points", markers: true)
    .Curve<double>(axis, degrees.Select(degree => Error(validate, v => At(fits[degree], v))).ToArray(), "validation points", markers: true);
errors.SavePng("pictures/13-degrees.png");
var chosen = degrees.MinBy(degree => Error(validate, v => At(fits[degree], v)));
Console.WriteLine($"degree {chosen} has the smallest error on the validation points");
Console.WriteLine($"its error on the test points is {Error(test, v => At(fits[chosen], v)):F3}; "
    + $"the truth itself has {Error(test, v => Truth(v)):F3}, from the noise");
var x = new Placeholder("x", [null, 1]);
var y = new Placeholder("y", [null, 1]);
Dataset Data((float[] Xs, float[] Ys) points) => new() { [x] = points.Xs, [y] = points.Ys };

Model Network(Optimizer optimizer, float dropout = 0)
{
    var first = Layers.Dense(x, 64, Activation.Tanh, Initializer.Normal(2f), Initializer.Normal(1f), name: "first");
    var second = Layers.Dense(Layers.Dropout(first, dropout), 64, Activation.Tanh, Initializer.Glorot(), name: "second");
    var prediction = Layers.Dense(Layers.Dropout(second, dropout), 1, name: "output");
    return new Model((prediction - y).Power(2).Mean(name: "loss"), prediction, optimizer, seed: 2);
}

var free = Network(new Adam(0.005f));
var history = free.Fit(Data(train), epochs: 1500, batchSize: 14, validation: Data(validate));
foreach (var epoch in new[] { 1, 10, 30, 100, 300, 1500 })
{
    var result = history.Epochs[epoch - 1];
    Console.WriteLine($"epoch {epoch,4}: training loss {result.Loss:F2}, validation loss {result.Validation!.Loss:F2}");
}
double[] epochs = [.. Enumerable.Range(1, 1500).Select(epoch => (double)epoch)];
var losses = new Chart("It learns, and then it learns by heart", logarithmicY: true).Axes("epoch", "loss")
    .Curve<double>(epochs, history.Losses.ToArray(), "training")
    .Curve<double>(epochs, history.Epochs.Select(epoch => epoch.Validation!.Loss).ToArray(), "validation");
losses.SavePng("pictures/13-losses.png");
Model Stopped((float[], float[]) points)
{
    var model = Network(new Adam(0.005f));
    model.Fit(Data(points), new FitOptions
    {
        Epochs = 1500,
        BatchSize = 50,
        Validation = Data(validate),
        Callbacks = [new EarlyStopping(patience: 100), new BestWeights()],
    });
    return model;
}

Model Trained(Model model, (float[], float[]) points)
{
    model.Fit(Data(points), epochs: 1500, batchSize: 14);
    return model;
}

var more = Measure(500);
(string Name, Model Model)[] cures =
[
    ("nothing", free),
    ("early stopping", Stopped(train)),
    ("weight decay", Trained(Network(new AdamW(0.005f, weightDecay: 1f)), train)),
    ("dropout", Trained(Network(new Adam(0.005f), dropout: 0.3f), train)),
    ("500 points", Stopped(more)),
];
foreach (var (name, model) in cures)
{
    Console.WriteLine($"{name,-14} {model.Evaluate(Data(train)).Loss:F2} on the fourteen points, "
        + $"{model.Evaluate(Data(validate)).Loss:F2} on the validation points");
}
float[] grid = [.. Enumerable.Range(0, 201).Select(i => -1 + i / 100f)];
var after = new Chart("Four cures").Axes("x", "y").Points<float>(train.Xs, train.Ys, "training points");
foreach (var (name, model) in cures)
    after.Curve<float>(grid, [.. model.Predict(new Feed { [x] = grid })], name);
after.Plot.Axes.SetLimitsY(-2, 2);
after.SavePng("pictures/13-cures.png");
var best = cures.MinBy(cure => cure.Model.Evaluate(Data(validate)).Loss);
Console.WriteLine($"{best.Name}: {best.Model.Evaluate(Data(test)).Loss:F2} on the test points");
