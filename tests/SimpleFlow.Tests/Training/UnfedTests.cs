namespace SimpleFlow.Tests.Training;

/// <summary>A placeholder that a run reads must be fed, also one whose shape leaves nothing open: it would hold what an earlier run left
/// there.</summary>
public class UnfedTests
{
    private static readonly Placeholder X = new("x", [null, 2]), Temperature = new("temperature", []);
    private static readonly float[,] Row = { { 4, 8 } };

    private readonly Model _model;

    public UnfedTests()
    {
        var prediction = X * new Variable("w", [2], Initializer.Ones()) / Temperature;
        _model = new Model(prediction.Sum(), prediction, new GradientDescent(0));
    }

    private static Feed Whole() => new() { [X] = Row, [Temperature] = 4f };

    private static Feed Lacking() => new() { [X] = Row };

    public static TheoryData<string, Action<Model, Feed>> Uses => new()
    {
        { "predict", (model, feed) => model.Predict(feed) },
        { "evaluate", (model, feed) => model.Evaluate(feed) },
        { "step", (model, feed) => model.Step(feed) },
        { "fit", (model, feed) => model.Fit(feed, 2) },
        { "gradients", (model, feed) => model.Gradients(feed) },
        { "predictor", (model, feed) => model.Predictor().Predict(feed) },
    };

    [Theory, MemberData(nameof(Uses))]
    public void It_is_named(string use, Action<Model, Feed> run)
    {
        Assert.NotEmpty(use);
        var first = Assert.Throws<GraphException>(() => run(_model, Lacking()));
        run(_model, Whole());
        var second = Assert.Throws<GraphException>(() => run(_model, Lacking()));
        Assert.All([first, second], refused => Assert.Contains("`temperature`", refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_dataset_that_lacks_it_is_refused()
    {
        var data = new Dataset { [X] = Row };
        Assert.Contains("`temperature`", Assert.Throws<GraphException>(() => _model.Fit(data, epochs: 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("`temperature`", Assert.Throws<GraphException>(() => _model.Predict(data)).Message, StringComparison.Ordinal);
        Assert.Contains("`temperature`", Assert.Throws<GraphException>(() => _model.Evaluate(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_whose_shape_alone_is_used_need_not_be_fed()
    {
        var like = new Placeholder("like", [3]);
        var model = new Model(default, like.RandomNormal() * 0f + new Variable("w", [3], Initializer.Ones()));
        Assert.Equal([1, 1, 1], model.Predict(new Feed()).ToArray());
    }
}
