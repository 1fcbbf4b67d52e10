using static SimpleFlow.Flow;

namespace SimpleFlow.Tests.Graphs;

/// <summary>One graph, whichever way it is written.</summary>
public class IdentityTests
{
    private readonly Placeholder _x = new("x", [null, 1]), _y = new("y", [null, 1]);
    private readonly Variable _w1 = new("w_1", [1, 20]), _b1 = new("b_1", [20]), _w2 = new("w_2", [20, 1]), _b2 = new("b_2", [1]);

    private Node Flowing()
    {
        var l1 = AddFlow(AddFlow(_x, new MatMul(_w1), "dot(x, w_1)"), new Add(_b1), "dot(x, w_1) + b_1");
        l1 = AddFlow(l1, new Relu(), "relu(l_1)");
        var yPre = AddFlow(AddFlow(l1, new MatMul(_w2), "dot(l_1, w_2)"), new Add(_b2), "dot(l_1, w_2) + b_2");
        return AddFlow(AddFlow(AddFlow(AddFlow(yPre, new Subtract(_y), "y_pre - y"), new Power(2), "(y_pre - y)^2"), new ReduceSum(axis: 1),
            "sum((y_pre - y)^2)"), new ReduceMean(), "loss");
    }

    [Fact]
    public void Flows_and_expressions_build_identical_graphs()
    {
        var hidden = (_x.MatMul(_w1) + _b1).Relu();
        var yPre = hidden.MatMul(_w2) + _b2;
        AssertSame(Flowing(), (yPre - _y).Power(2).Sum(axis: 1).Mean());
    }

    [Fact]
    public void Layers_build_what_one_would_write()
    {
        var written = ((_x.MatMul(_w1) + _b1).Tanh().MatMul(_w2) + _b2).Sigmoid();
        var layers = Layers.Dense(Layers.Dense(_x, 20, Activation.Tanh), 1, Activation.Sigmoid);
        AssertSame(written, layers, leavesMayDiffer: true);
        AssertSame((written - _y).Power(2).Mean(), Losses.MeanSquaredError(written, _y));
    }

    [Fact]
    public void Gradients_of_identical_graphs_are_identical()
    {
        var (one, other) = (Flowing(), ((((_x.MatMul(_w1) + _b1).Relu()).MatMul(_w2) + _b2) - _y).Power(2).Sum(1).Mean());
        foreach (var (left, right) in Gradients.Of(one, _w1, _b1, _w2, _b2).Zip(Gradients.Of(other, _w1, _b1, _w2, _b2)))
            AssertSame(left, right);
    }

    [Fact]
    public void Operators_take_numbers_on_both_sides()
    {
        AssertSame(AddFlow(_x, new Add(2f)), _x + 2f);
        AssertSame(AddFlow(2f, new Add(_x)), 2f + _x);
        AssertSame(AddFlow(_x, new Subtract(2f)), _x - 2f);
        AssertSame(AddFlow(2f, new Subtract(_x)), 2f - _x);
        AssertSame(AddFlow(_x, new Multiply(2f)), _x * 2f);
        AssertSame(AddFlow(2f, new Multiply(_x)), 2f * _x);
        AssertSame(AddFlow(_x, new Divide(2f)), _x / 2f);
        AssertSame(AddFlow(2f, new Divide(_x)), 2f / _x);
        AssertSame(AddFlow(_x, new Negate()), -_x);
        AssertSame(_x * 2f, _x * 2);
    }

    [Fact]
    public void Every_method_is_short_for_AddFlow()
    {
        var i = new Placeholder("i", [3], ElementType.Int32);
        var (images, filters) = (new Placeholder("images", [null, 2, 8, 8]), new Variable("filters", [2, 2, 3, 3]));
        (Node Method, Node Flow)[] pairs =
            [
            (_x.Abs(), AddFlow(_x, new Abs())), (_x.Clip(-1, 1), AddFlow(_x, new Clip(-1, 1))), (i.Cast(), AddFlow(i, new Cast())),
            (_x.Erf(), AddFlow(_x, new Erf())), (_x.Exp(), AddFlow(_x, new Exp())), (_x.LeakyRelu(0.3f), AddFlow(_x, new LeakyRelu(0.3f))),
            (_x.Log(), AddFlow(_x, new Log())), (_x.Negate(), AddFlow(_x, new Negate())), (_x.Power(3), AddFlow(_x, new Power(3))),
            (_x.Relu(), AddFlow(_x, new Relu())), (_x.Sigmoid(), AddFlow(_x, new Sigmoid())),
            (_x.Sign(), AddFlow(_x, new Sign())), (_x.Softplus(), AddFlow(_x, new Softplus())), (_x.Sqrt(), AddFlow(_x, new Sqrt())),
            (_x.StopGradient(), AddFlow(_x, new StopGradient())), (_x.Tanh(), AddFlow(_x, new Tanh())),
            (_x.Maximum(_y), AddFlow(_x, new Maximum(_y))), (_x.Minimum(_y), AddFlow(_x, new Minimum(_y))),
            (_x.Greater(_y), AddFlow(_x, new Greater(_y))), (_x.GreaterOrEqual(_y), AddFlow(_x, new GreaterOrEqual(_y))),
            (_x.Less(_y), AddFlow(_x, new Less(_y))), (_x.LessOrEqual(_y), AddFlow(_x, new LessOrEqual(_y))),
            (_x.Equal(_y), AddFlow(_x, new Equal(_y))), (_x.NotEqual(_y), AddFlow(_x, new NotEqual(_y))),
            (_x.Sum(), AddFlow(_x, new ReduceSum())), (_x.Sum(1, true), AddFlow(_x, new ReduceSum(1, true))),
            (_x.Sum([0, 1]), AddFlow(_x, new ReduceSum([0, 1]))), (_x.Mean(-1), AddFlow(_x, new ReduceMean(-1))),
            (_x.Max(0, true), AddFlow(_x, new ReduceMax(0, true))),
            (_x.Softmax(0), AddFlow(_x, new Softmax(0))), (_x.LogSoftmax(), AddFlow(_x, new LogSoftmax())),
            (_x.SoftmaxCrossEntropy(_x), AddFlow(_x, new SoftmaxCrossEntropy(_x))), (_x.ArgMax(), AddFlow(_x, new ArgMax())),
            (i.OneHot(4), AddFlow(i, new OneHot(4))), (_x.Gather(i), AddFlow(_x, new Gather(i))),
            (_x.MatMul(_y, true, false), AddFlow(_x, new MatMul(_y, true, false))),
            (_x.Transpose([1, 0]), AddFlow(_x, new Transpose(1, 0))), (_x.Transpose(), AddFlow(_x, new Transpose())),
            (_x.Reshape([null]), AddFlow(_x, new Reshape([null]))),
            (_x.Broadcast([null, 4]), AddFlow(_x, new Broadcast([null, 4]))), (_x.Slice(0, 1, -1, 2), AddFlow(_x, new Slice(0, 1, -1, 2))),
            (Concat([_x, _y], 1), AddFlow(_x, new Concat([_y], 1))),
            (Select(_x.Greater(_y), _x, _y), AddFlow(_x.Greater(_y), new Select(_x, _y))),
            (_x.RandomMask(0.5f, 1), AddFlow(_x, new RandomMask(0.5f, 1))),
            (_x.RandomNormal(1, 2, 3), AddFlow(_x, new RandomNormal(1, 2, 3))),
            (images.Conv2D(filters, 2, 1, 2, groups: 1), AddFlow(images, new Conv2D(filters, 2, 1, 2, groups: 1))),
            (images.MaxPool2D(2, 1), AddFlow(images, new MaxPool2D(2, 1))),
            (images.AveragePool2D(2, 1), AddFlow(images, new AveragePool2D(2, 1))),
            (images.ConvTranspose2D(filters, 2, 1, 2, 2, 1), AddFlow(images, new ConvTranspose2D(filters, 2, 1, 2, 2, 1))),
            (_x.Pad(1, 2, 3), AddFlow(_x, new Pad(1, 2, 3))), (_x.Dropout(0.2f, 1), AddFlow(_x, new Dropout(0.2f, 1))),
            (_b2.RunningAverage(_b2, 0.7f), AddFlow(_b2, new RunningAverage(_b2, 0.7f))),
            (_x.RandomUniform(1, 2, 3), AddFlow(_x, new RandomUniform(1, 2, 3))), (_b2.Assign(_b2), AddFlow(_b2, new Assign(_b2))),
            (_x + _y, AddFlow(_x, new Add(_y))), (_x - _y, AddFlow(_x, new Subtract(_y))), (_x * _y, AddFlow(_x, new Multiply(_y))),
            (_x / _y, AddFlow(_x, new Divide(_y))),
            (_x.ToIndices(), AddFlow(_x, new ToIndices())), (_x.Unsqueeze([0]), AddFlow(_x, new Unsqueeze(0))),
        ];
        foreach (var (method, flow) in pairs) AssertSame(flow, method);
        var covered = pairs.Select(pair => ((Operation)pair.Flow).Op.GetType().Name).Distinct().Order();
        // Derivatives, means of unknown sizes and Elu make these; no public method does.
        Assert.Equal(typeof(Op).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Op)) && type is { IsAbstract: false, IsPublic: true }).Select(type => type.Name)
            .Except([nameof(BroadcastLike), nameof(CountElements), nameof(ExpMinusOne), nameof(ReshapeLike)]).Order(), covered);
    }

    [Fact]
    public void Ops_are_equal_when_their_attributes_are()
    {
        Assert.Equal(new MatMul(_x), new MatMul(_y));
        Assert.Equal(new ReduceSum([0, 1]), new ReduceSum([0, 1]));
        Assert.Equal(new ReduceSum([0, 1]).GetHashCode(), new ReduceSum([0, 1]).GetHashCode());
        Assert.Equal(new Transpose(1, 0), new Transpose(1, 0));
        Assert.Equal(new Reshape([2, null]), new Reshape([2, null]));
        Op[] different =
            [
            new MatMul(_x), new MatMul(_x, true), new MatMul(_x, false, true), new Add(_x), new Multiply(_x), new ReduceSum(),
            new ReduceSum(0), new ReduceSum(1), new ReduceSum(0, keep: true), new ReduceMean(0), new ReduceSum([0, 1]), new Transpose(),
            new Transpose(1, 0),
            new Transpose(0, 1), new Power(2), new Power(3), new Clip(0, 1), new Clip(0, 2), new Clip(-1, 1), new LeakyRelu(),
            new LeakyRelu(0.2f), new Slice(0, 1), new Slice(0, 1, 2), new Slice(0, 1, 2, 2), new Slice(1, 1), new Softmax(), new Softmax(0),
            new LogSoftmax(), new Concat([_x], 0), new Concat([_x], 1),
            new Gather(_x), new Gather(_x, 1), new OneHot(2), new OneHot(3), new ArgMax(), new ArgMax(0), new Reshape([2, 3]),
            new Reshape([3, 2]), new Broadcast([2, 3]), new RandomMask(0.5f), new RandomMask(0.4f), new RandomMask(0.5f, 1),
            new RandomNormal(), new RandomNormal(1), new RandomUniform(), new RandomUniform(1),
        ];
        Assert.Equal(different.Length, different.Distinct().Count());
    }

    /// <summary>Whether two graphs have equal ops on inputs that correspond one to one.</summary>
    private static void AssertSame(Node expected, Node actual, bool leavesMayDiffer = false)
    {
        var (left, right) = (GraphOrder.Of([expected]), GraphOrder.Of([actual]));
        Assert.Equal(left.Count, right.Count);
        for (var i = 0; i < left.Count; i++)
        {
            Assert.Equal(left[i].GetType(), right[i].GetType());
            Assert.Equal(left[i].Shape, right[i].Shape);
            Assert.Equal(left[i].ElementType, right[i].ElementType);
            Assert.Equal(left[i].InputArray.Select(input => left.IndexOf(input)),
                right[i].InputArray.Select(input => right.IndexOf(input)));
            if (left[i] is Operation operation) Assert.Equal(operation.Op, ((Operation)right[i]).Op);
            else if (left[i] is Constant constant) Assert.Equal(constant.Elements, ((Constant)right[i]).Elements);
            else if (!leavesMayDiffer) Assert.Same(left[i], right[i]);
        }
    }
}
