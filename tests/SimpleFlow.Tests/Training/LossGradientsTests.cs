using System.Numerics.Tensors;

namespace SimpleFlow.Tests.Training;

/// <summary>Gradients of a batch in training mode, without a step.</summary>
public sealed class LossGradientsTests
{
    private readonly Placeholder _x = new("x", [null, 4]), _y = new("y", [null, 1]);

    [Fact]
    public void They_are_those_of_the_step_that_follows_and_change_nothing()
    {
        // With dropout and batch normalisation: the bits must be those of training.
        var model = Net(new GradientDescent(0.5f, learningRateDecay: 0));
        var feed = Feed(12);
        for (var round = 0; round < 3; round++)
        {
            var before = Weights.Of(model);
            var gradients = model.Gradients(feed);
            Assert.Equal(gradients.ToVector(), model.Gradients(feed).ToVector());
            Weights.AssertSame(before, Weights.Of(model));
            Assert.Equal(round, model.Iterations);
            var values = gradients.Variables.ToVector();
            var step = model.Step(feed);
            Assert.Equal(step.Loss, gradients.Loss);
            Assert.Equal(step["mean"], gradients.Result["mean"]);
            Assert.Equal(values.Zip(gradients.ToVector(), (w, g) => w - 0.5f * g), gradients.Variables.ToVector());
        }
    }

    [Fact]
    public void They_need_no_optimizer_and_come_by_variable()
    {
        var w = new Variable("w", [4, 1], Initializer.Ones());
        var other = new Variable("other", []);
        var model = new Model(_x.MatMul(w).Sum());
        var gradients = model.Gradients(new Feed { [_x] = new float[,] { { 1, 2, 3, 4 }, { 1, 1, 1, 1 } } });
        Assert.Equal([2, 3, 4, 5], gradients[w].ToArray());
        Assert.Equal([4, 1], gradients[w].Lengths.ToArray().Select(length => (int)length));
        Assert.Equal(14, gradients.Loss);
        Assert.Equal([w], gradients.Variables);
        Assert.Contains("`other`", Assert.Throws<KeyNotFoundException>(() => gradients[other]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => gradients[null!]);
        Assert.Throws<ArgumentNullException>(() => model.Gradients(null!));
        Assert.Throws<GraphException>(() => model.Gradients(new Feed()));
        Assert.Throws<GraphException>(() => new Model(losses: default, predictions: w).Gradients(new Feed()));
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_returned()
    {
        var w = new Variable("w", [], Initializer.Zeros());
        var gradients = new Model(w.Log()).Gradients(new Feed());
        Assert.Equal((float.NegativeInfinity, float.PositiveInfinity), (gradients.Loss, gradients[w].ToArray()[0]));
    }

    [Fact]
    public void What_a_loss_assigns_is_not_assigned()
    {
        var (w, count) = (new Variable("w", [], Initializer.Ones()), new Variable("count", [], Initializer.Zeros(), trainable: false));
        var model = new Model([w.Power(2), count.Assign(count + 1f)], optimizer: new GradientDescent());
        model.Gradients(new Feed());
        Assert.Equal(0, count.Value);
        model.Step(new Feed());
        Assert.Equal(1, count.Value);
    }

    [Fact]
    public void A_second_model_of_the_gradient_gives_Hessian_vector_products()
    {
        // f = (w₁² w₂ + w₂³): H = [[2w₂, 2w₁], [2w₁, 6w₂]].
        var w = new Variable("w", [2], Initializer.Constant([3f, 5f]));
        var (first, second) = (w.Slice(0, 0, 1), w.Slice(0, 1, 2));
        var loss = (first.Power(2) * second + second.Power(3)).Sum();
        var direction = new Placeholder("direction", [2]);
        var product = new Model((Gradients.Of(loss, w)[0] * direction).Sum());
        Assert.Equal([10 + 12, 6 + 60], product.Gradients(new Feed { [direction] = new float[] { 1, 2 } })[w].ToArray());
    }

    [Fact]
    public void A_vector_of_all_variables_is_set_and_read_back()
    {
        var model = Net(null);
        var variables = model.Variables;
        var vector = variables.ToVector();
        Assert.Equal(variables.SelectMany(variable => variable.Values.ToArray()), vector);
        var changed = Array.ConvertAll(vector, number => number + 1);
        variables.SetVector(changed);
        Assert.Equal(changed, variables.ToVector());
        Assert.Contains($"{vector.Length} elements",
            Assert.Throws<ArgumentException>("vector", () => variables.SetVector([1f])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Variable[] { null! }.ToVector());
    }

    private Model Net(Optimizer? optimizer)
    {
        var hidden = Layers.Dropout(Layers.BatchNorm(Layers.Dense(_x, 8)).Tanh(), 0.4f);
        var prediction = Layers.Dense(hidden, 1);
        return new Model((prediction - _y).Power(2).Mean(), prediction, optimizer, metrics: prediction.Mean(name: "mean"), threads: 1);
    }

    private Feed Feed(int rows)
    {
        var random = new Random(1);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
        return new Feed { [_x] = DataArray.From(Numbers(rows * 4)).Reshape(rows, 4), [_y] = Numbers(rows) };
    }
}
