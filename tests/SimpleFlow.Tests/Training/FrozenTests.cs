using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>Variables that no gradient reaches stay as they are, whatever the optimizer does to the others.</summary>
public class FrozenTests
{
    public static TheoryData<string> Optimizers => [.. Makers.Keys];

    private static Dictionary<string, Func<Optimizer>> Makers { get; } = new(StringComparer.Ordinal)
    {
        ["gradient descent"] = () => new GradientDescent(0.1f),
        ["momentum"] = () => new Momentum(0.1f) { ClipNorm = 1 },
        ["Nesterov"] = () => new Nesterov(0.1f),
        ["AdaGrad"] = () => new AdaGrad(0.1f),
        ["RMSProp"] = () => new RmsProp(0.1f) { ClipValue = 1 },
        ["Adam"] = () => new Adam(0.1f),
        ["AdamW"] = () => new AdamW(0.1f, weightDecay: 0.5f),
        ["AdamW, clipped"] = () => new AdamW(0.1f, weightDecay: 0.5f) { ClipNorm = 0.1f },
    };

    [Theory, MemberData(nameof(Optimizers))]
    public void What_no_gradient_reaches_is_not_trained(string optimizer)
    {
        var (w, body) = (new Variable("w", [3], Initializer.Ones()), new Variable("body", [3], Initializer.Ones()));
        var (table, flag) = (new Variable("table", [3], Initializer.Ones()), new Variable("flag", [3], Initializer.Ones()));
        // Behind a StopGradient, behind a comparison, behind an argument that is a place and not a number.
        var loss = (w + body.StopGradient() + flag.Greater(0.5f).Cast() + table.ArgMax().Cast()).Sum();
        var model = new Model([loss, Losses.L2(0.1f, w)], optimizer: Makers[optimizer]());
        model.Fit(new Feed(), 100);
        Assert.All(w.Values.ToArray(), element => Assert.NotEqual(1, element));
        foreach (var untouched in new[] { body, table, flag }) Assert.Equal([1, 1, 1], untouched.Values.ToArray());
    }

    [Fact]
    public void A_frozen_body_stays_over_epochs_of_gathered_gradients()
    {
        var x = new Placeholder("x", [null, 2]);
        var (w, body) = (new Variable("w", [2, 1], Initializer.Ones()), new Variable("body", [2, 2], Initializer.Ones()));
        var model = new Model(x.MatMul(body).StopGradient().MatMul(w).Power(2).Mean(), optimizer: new AdamW(0.1f, weightDecay: 0.5f));
        model.Fit(new Dataset { [x] = new float[6, 2] { { 1, 2 }, { 2, 1 }, { 0, 1 }, { 1, 0 }, { 2, 2 }, { 1, 1 } } }, new FitOptions
        {
            Epochs = 5,
            BatchSize = 2,
            Accumulate = 2,
        });
        Assert.Equal([1, 1, 1, 1], body.Values.ToArray());
        Assert.NotEqual([1, 1], w.Values.ToArray());
    }

    [Fact]
    public void A_model_in_which_no_gradient_reaches_anything_is_refused()
    {
        var body = new Variable("body", [2]);
        var error = Assert.Throws<GraphException>(() => new Model(body.StopGradient().Sum(name: "cost"), optimizer: new Adam()));
        Assert.StartsWith("No gradient of `cost` reaches a trainable variable", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_remembers_something_of_what_is_frozen_is_read()
    {
        using var folder = new TemporaryFolder();
        var model = Net();
        model.Fit(new Feed(), 3);
        model.Save(folder.File("model"));
        // Version 0.1.0 kept the averages of all variables.
        SavedFile.Change(folder.File("model"), (tensors, _) =>
        {
            foreach (var name in (string[])["body/mean", "body/square"]) tensors.Add(name, new([2], new float[2]));
        }, to: folder.File("old"));
        var loaded = Net();
        loaded.Load(folder.File("old"));
        Weights.AssertSame(Weights.Of(model), Weights.Of(loaded));

        static Model Net() => new((new Variable("w", [2]) + new Variable("body", [2]).StopGradient()).Sum(), optimizer: new Adam());
    }
}
