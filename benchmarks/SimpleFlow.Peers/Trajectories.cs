using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace SimpleFlow.Peers;

/// <summary>Whether optimizers walk where libtorch's walk, for sixty steps, and schedules give its rates, step by step.</summary>
internal static class Trajectories
{
    private const int Steps = 60, Rows = 12, Inputs = 5;
    private const double Tolerance = 5e-5;

    private static readonly (string Name, Func<Optimizer> Ours, Func<IEnumerable<Parameter>, optim.Optimizer> Torch)[] Optimizers =
        [
        ("sgd", () => new GradientDescent(0.05f, 0), all => SGD(all, 0.05f)),
        ("momentum, coupled decay", () => new Momentum(0.02f, 0.9f) { CoupledDecay = 0.1f },
            all => SGD(all, 0.02f, momentum: 0.9f, weight_decay: 0.1f)),
        ("nesterov", () => new Nesterov(0.02f, 0.9f), all => SGD(all, 0.02f, momentum: 0.9f, nesterov: true)),
        ("adam, coupled decay", () => new Adam(0.02f) { CoupledDecay = 0.1f },
            all => Adam(all, 0.02f, 0.9f, 0.999f, 1e-8f, weight_decay: 0.1f)),
        ("amsgrad", () => new Adam(0.02f) { AmsGrad = true }, all => Adam(all, 0.02f, 0.9f, 0.999f, 1e-8f, amsgrad: true)),
        ("adamw", () => new AdamW(0.02f, 0.1f), all => AdamW(all, 0.02f, 0.9f, 0.999f, 1e-8f, weight_decay: 0.1f)),
        ("nadam", () => new NAdam(0.02f), all => NAdam(all, 0.02f, 0.9f, 0.999f, 1e-8f)),
        // TorchSharp has its own RAdam, which multiplies by the rate twice once v is trusted: at 1 that does not matter.
        ("radam", () => new RAdam(1), all => RAdam(all, 1, 0.9f, 0.999f, 1e-8f)),
        ("rmsprop, centered, momentum", () => new RmsProp(0.01f, 0.99f, 1e-8f, 0.5f, centered: true),
            all => RMSProp(all, 0.01f, 0.99f, 1e-8f, momentum: 0.5f, centered: true)),
        ("adagrad from 0.1", () => new AdaGrad(0.1f, 1e-10f, 0.1f), all => Adagrad(all, 0.1f, initial_accumulator_value: 0.1f)),
    ];

    private static readonly (string Name, Schedule Ours, Func<optim.Optimizer, lr_scheduler.LRScheduler> Torch)[] Schedules =
        [
        ("cosine", Schedule.Cosine(), all => lr_scheduler.CosineAnnealingLR(all, Steps)),
        ("linear to 0.1", Schedule.Linear(0.1), all => lr_scheduler.LinearLR(all, 1, 0.1, Steps)),
        ("one cycle", Schedule.OneCycle(), all => lr_scheduler.OneCycleLR(all, 1, Steps, cycle_momentum: false)),
        ("after 2 and 4 epochs", Schedule.Step([2, 4], 0.5), all => lr_scheduler.MultiStepLR(all, [20, 40], 0.5)),
    ];

    /// <summary>How many differ; a line is printed for each.</summary>
    public static int Run()
    {
        var wrong = 0;
        foreach (var (name, ours, torch) in Optimizers) Tell(name, Walk(ours(), torch));
        foreach (var (name, ours, torch) in Schedules) Tell(name, Rates(ours, torch));
        return wrong;

        void Tell(string name, double difference)
        {
            if (difference > Tolerance) wrong++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-28}{Steps,8} steps{difference,14:E1}   {(difference > Tolerance ? "WRONG" : "")}"));
        }
    }

    /// <summary>A regression with a bend: the largest difference of a weight on the way.</summary>
    private static double Walk(Optimizer optimizer, Func<IEnumerable<Parameter>, optim.Optimizer> torch)
    {
        using var scope = NewDisposeScope();
        var random = new Random(4);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextSingle() - 1)];
        var (inputs, targets, start) = (Numbers(Rows * Inputs), Numbers(Rows), Numbers(Inputs));
        var (x, y) = (new Placeholder("x", [Rows, Inputs]), new Placeholder("y", [Rows, 1]));
        var w = new Variable("w", [Inputs, 1], Initializer.Constant(start));
        var model = new Model((x.MatMul(w).Tanh() - y).Power(2).Mean(), optimizer: optimizer, threads: 1);
        var feed = new Feed { [x] = DataArray.From(inputs).Reshape(Rows, Inputs), [y] = DataArray.From(targets).Reshape(Rows, 1) };
        var parameter = nn.Parameter(tensor(start, [Inputs, 1]));
        var other = torch([parameter]);
        var (torchX, torchY) = (tensor(inputs, [Rows, Inputs]), tensor(targets, [Rows, 1]));
        var largest = 0.0;
        for (var step = 0; step < Steps; step++)
        {
            model.Fit(feed, maxIterations: 1);
            other.zero_grad();
            (torchX.mm(parameter).tanh() - torchY).pow(2).mean().backward();
            other.step();
            var expected = parameter.detach().data<float>().ToArray();
            for (var i = 0; i < Inputs; i++) largest = Math.Max(largest, Math.Abs(expected[i] - w.Memory.Span[i]));
        }
        return largest;
    }

    private static double Rates(Schedule schedule, Func<optim.Optimizer, lr_scheduler.LRScheduler> torch)
    {
        using var parameter = nn.Parameter(zeros(1));
        var optimizer = SGD([parameter], 1);
        var scheduler = torch(optimizer);
        var largest = 0.0;
        for (var step = 0; step < Steps; step++)
        {
            largest = Math.Max(largest,
                Math.Abs(schedule.At(new TrainingPosition(step, Steps, 10)) - optimizer.ParamGroups.First().LearningRate));
            scheduler.step();
        }
        return largest;
    }
}
