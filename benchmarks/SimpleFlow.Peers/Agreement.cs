using System.Globalization;
using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;
using TorchSharp;

namespace SimpleFlow.Peers;

/// <summary>
/// Whether layers compute what libtorch computes: on random shapes, with the same weights, the output and the gradient of a
/// random sum of it for the input and every variable. <c>agree [--rounds N] [--seed N]</c> prints a line for each layer, and ends with an
/// error where one differs by more than float32 explains.
/// </summary>
internal static class Agreement
{
    // Of the largest magnitude in a tensor. Sums of some hundred products in another order differ by about 1e-6 of it;
    // a wrong formula by far more.
    private const double Tolerance = 5e-5;

    // Of the plain reading beside libtorch in float64; constants of ops are float32.
    private const double Exactly = 1e-6;

    public static int Run(string[] args)
    {
        var rounds = Option("--rounds", 40);
        var random = new Random(Option("--seed", 1));
        Console.WriteLine(
            $"{"layer",-28}{"shapes",8}{"tensors",9}{"value",11}{"gradients",11}{"plain",11}{"float64",11}   largest difference, "
                + "as a share of the largest element; the worst gradient");
        var wrong = 0;
        IReadOnlyList<(string Name, Func<Random, Trial> Draw)> all = [.. AgreementCases.All, .. PortedCases.All];
        foreach (var (name, draw) in all)
        {
            var (value, gradient, plain, exact, tensors, example) = (0.0, 0.0, 0.0, 0.0, 0, "");
            for (var round = 0; round < rounds; round++)
            {
                using var scope = torch.NewDisposeScope();
                var trial = draw(random);
                var found = Compare(trial, random);
                if (found.Gradient > gradient) example = $"{found.Worst} of {trial.Told}";
                (value, gradient, plain, tensors) = (Math.Max(value, found.Value), Math.Max(gradient, found.Gradient),
                    Math.Max(plain, found.Plain), tensors + found.Tensors);
                exact = Math.Max(exact, found.Exact);
            }
            var isRight = Math.Max(value, Math.Max(gradient, plain)) <= Tolerance && exact <= Exactly;
            if (!isRight) wrong++;
            var figures = string.Create(CultureInfo.InvariantCulture,
                $"{rounds,8}{tensors,9}{value,11:E1}{gradient,11:E1}{plain,11:E1}{exact,11:E1}");
            Console.WriteLine($"{name,-28}{figures}   {(isRight ? "" : "WRONG ")}{example}");
        }
        wrong += Trajectories.Run();
        Console.WriteLine(wrong == 0 ? $"All {all.Count} agree within {Tolerance:E0}, and so do optimizers and schedules."
            : $"{wrong} differ.");
        return wrong == 0 ? 0 : 1;

        int Option(string name, int otherwise) =>
            Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }

    private static (double Value, double Gradient, double Plain, double Exact, int Tensors, string Worst) Compare(Trial trial,
        Random random)
    {
        // The batch is left open, as in a real network.
        var x = new Placeholder("x", Shape.Create([null, .. trial.Input[1..].Select(size => (long?)size)]),
            trial.Classes is null ? ElementType.Float32 : ElementType.Int32);
        var output = trial.Build(x);
        Variable[] variables = [.. GraphOrder.Of([output]).OfType<Variable>().Where(variable => variable.IsTrainable)];
        foreach (var variable in variables)
        {
            variable.Initialize(seed: 1, stream: 1);
            foreach (ref var element in variable.Memory.Span) element = Normal(random, 0.5f);
        }
        var input = new float[trial.Input.Aggregate(1L, (count, size) => count * size)];
        for (var i = 0; i < input.Length; i++) input[i] = trial.Classes is { } classes ? random.Next(classes) : Normal(random, 1);

        var torchX = trial.Classes is null ? torch.tensor(input, trial.Input, requires_grad: true)
            : torch.tensor(Array.ConvertAll(input, number => (long)number), trial.Input);
        var weights = variables.ToDictionary(variable => variable.Name!,
            variable => torch.tensor(variable.Memory.Span.ToArray(), Sizes(variable.Shape), requires_grad: true), StringComparer.Ordinal);
        var right = trial.Torch(torchX, weights);
        var share = new float[right.numel()];
        for (var i = 0; i < share.Length; i++) share[i] = Normal(random, 1);
        (right * torch.tensor(share, right.shape)).sum().backward();

        var shares = new Placeholder("shares", ShapeOf(right.shape));
        var loss = (output.Reshape(ShapeOf(right.shape)) * shares).Sum();
        Node[] targets = trial.Classes is null ? [x, .. variables] : [.. variables];
        Node[] wanted = [output, .. Gradients.Of(loss, targets)];
        float[][] expected = [Elements(right),
            .. targets.Select(target =>
                Elements(target == x ? torchX.grad! : trial.Gradient?.Invoke(target.Name!) ?? weights[target.Name!].grad!))];

        var fed = new Dictionary<Placeholder, Shape> { [x] = ShapeOf(trial.Input), [shares] = ShapeOf(right.shape) };
        var executable = new Session(wanted, new StepClock(), new CompilerOptions { Threads = 2 }).For(fed);
        if (executable.Reads(x)) FeedShape.Copy(DataArray.From(input).Reshape(trial.Input), executable.Feed(x), x.ElementType);
        if (executable.Reads(shares))
            FeedShape.Copy(DataArray.From(share).Reshape(right.shape), executable.Feed(shares), ElementType.Float32);
        executable.Run();
        var feed = new Feed { [x] = DataArray.From(input).Reshape(trial.Input), [shares] = DataArray.From(share).Reshape(right.shape) };
        var plain = PlainReading.Of(wanted, feed);

        var (value, gradient, byPlain, worst) = (0.0, 0.0, 0.0, "");
        for (var i = 0; i < wanted.Length; i++)
        {
            var compiled = executable.Output(i).Span.ToArray();
            var difference = Difference(expected[i], compiled);
            if (i == 0) value = difference;
            else if (difference > gradient) (gradient, worst) = (difference, targets[i - 1].Name!);
            byPlain = Math.Max(byPlain, Difference(TensorMemory.ToArray(plain[i]), compiled));
        }
        var exact = !trial.InDouble ? 0
            : InDouble(trial, input, share, [.. targets.Select(target => target == x ? null : (Variable)target)])
                .Select((right, i) => Difference(right, TensorMemory.ToArray(plain[i]))).Max();
        return (value, gradient, byPlain, exact, wanted.Length, worst);
    }

    /// <summary>The output and the gradients that libtorch computes in float64; null stands for the input.</summary>
    private static double[][] InDouble(Trial trial, float[] input, float[] share, Variable?[] targets)
    {
        var x = Doubles(input, trial.Input);
        var weights = targets.OfType<Variable>().ToDictionary(variable => variable.Name!,
            variable => Doubles(variable.Memory.Span.ToArray(), Sizes(variable.Shape)), StringComparer.Ordinal);
        var right = trial.Torch(x, weights);
        (right * torch.tensor(Array.ConvertAll(share, one => (double)one), right.shape)).sum().backward();
        return [Values(right), .. targets.Select(target => Values((target is null ? x : weights[target.Name!]).grad!))];

        static torch.Tensor Doubles(float[] of, long[] shape) =>
            torch.tensor(Array.ConvertAll(of, one => (double)one), shape, requires_grad: true);

        static double[] Values(torch.Tensor tensor) => tensor.detach().contiguous().data<double>().ToArray();
    }

    private static double Difference<T, TFound>(T[] expected, TFound[] found)
        where T : System.Numerics.INumber<T>
        where TFound : System.Numerics.INumber<TFound>
    {
        if (expected.Length != found.Length) return double.PositiveInfinity;
        var (largest, scale) = (0.0, 1e-2);          // a gradient that is nothing but rounding has no scale of its own
        for (var i = 0; i < found.Length; i++)
        {
            var right = double.CreateChecked(expected[i]);
            var own = double.CreateChecked(found[i]);
            if (double.IsNaN(right) != double.IsNaN(own)) return double.PositiveInfinity;
            if (double.IsNaN(right)) continue;
            largest = Math.Max(largest, Math.Abs(right - own));
            scale = Math.Max(scale, Math.Abs(right));
        }
        return largest / scale;
    }

    private static float[] Elements(torch.Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();

    private static Shape ShapeOf(long[] sizes) => Shape.Create([.. sizes.Select(size => (long?)size)]);

    private static long[] Sizes(Shape shape) => [.. shape.Select(size => size!.Value)];

    private static float Normal(Random random, float deviation) =>
        (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()));
}

/// <summary>One comparison.</summary>
/// <param name="Told">What it is, for people.</param>
/// <param name="Input">The shape of the input, batch first.</param>
/// <param name="Build">The layer of SimpleFlow.</param>
/// <param name="Torch">The same of libtorch, from the input and the variables by their names.</param>
/// <param name="Gradient">The gradient of a variable, where libtorch keeps it elsewhere and in another form.</param>
/// <param name="Classes">How many whole numbers the input is drawn from; numbers where nothing is said.</param>
/// <param name="InDouble">Whether to compare with libtorch in float64, too.</param>
internal sealed record Trial(string Told, long[] Input, Func<Node, Node> Build,
    Func<torch.Tensor, IReadOnlyDictionary<string, torch.Tensor>, torch.Tensor> Torch, Func<string, torch.Tensor>? Gradient = null,
    int? Classes = null, bool InDouble = false);
