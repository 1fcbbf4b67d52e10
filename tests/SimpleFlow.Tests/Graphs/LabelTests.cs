using System.Runtime.CompilerServices;

namespace SimpleFlow.Tests.Graphs;

/// <summary>What a node is called in messages and pictures, and where it says it was made.</summary>
public class LabelTests
{
    private static readonly Node A = new Placeholder("a", [2, 2]), B = new Placeholder("b", [2, 2]), C = new Placeholder("c", [2, 2]);
    private static readonly Node Index = new Placeholder("i", [2], ElementType.Int32);

    public static TheoryData<string, Node> Expressions => new()
    {
        { "a + b", A + B },
        { "a + b + c", A + B + C },
        { "a - (b - c)", A - (B - C) },
        { "a * b / c", A * B / C },
        { "a / (b / c)", A / (B / C) },
        { "a * b + c", A * B + C },
        { "a * (b + c)", A * (B + C) },
        { "a / (b * c)", A / (B * C) },
        { "-a", -A },
        { "-(a + b)", -(A + B) },
        { "-a * b", -A * B },
        { "a - -b", A - -B },
        { "-relu(a + b)", -(A + B).Relu() },
        { "relu(a + b) * c", (A + B).Relu() * C },
        { "2 * a", 2f * A },
        { "a + 0.1", A + 0.1f },
        { "a·b", A.MatMul(B) },
        { "aᵀ·b", A.MatMul(B, transposeLeft: true) },
        { "a·bᵀ", A.MatMul(B, transposeRight: true) },
        { "(a + b)·c", (A + B).MatMul(C) },
        { "(a·b)ᵀ·c", A.MatMul(B).MatMul(C, transposeLeft: true) },
        { "(-a)ᵀ·b", (-A).MatMul(B, transposeLeft: true) },
        { "a·b + c", A.MatMul(B) + C },
        { "relu(a·b + c)", (A.MatMul(B) + C).Relu() },
        { "a^2", A.Power(2) },
        { "a^-0.5", A.Power(-0.5f) },
        { "(-a)^2", (-A).Power(2) },
        { "(a - b)^2", (A - B).Power(2) },
        { "(a·b)^2", A.MatMul(B).Power(2) },
        { "(a^2)^3", A.Power(2).Power(3) },
        { "relu(a)^2", A.Relu().Power(2) },
        { "((a + b) * (b + c))^2", ((A + B) * (B + C)).Power(2) },
        { "max(a, b)^2", A.Maximum(B).Power(2) },
        { "aᵀ", A.Transpose() },
        { "(a·b)ᵀ", A.MatMul(B).Transpose() },
        { "a[i]", A.Gather(Index) },
        { "(a + b)[i]", (A + B).Gather(Index) },
        { "a[1..]", A.Slice(0, 1) },
        { "(a·b)[0..1 step 2]", A.MatMul(B).Slice(0, 0, 1, 2) },
        { "a > b", A.Greater(B) },
        { "sum(a, axis 1)", A.Sum(1) },
        { "mean(a)", A.Mean() },
        { "maximum(a, axis 0, 1)", A.Max([0, 1]) },
        { "√(a + b)", (A + B).Sqrt() },
        { "√(a)^2", A.Sqrt().Power(2) },
        { "|a - b|", (A - B).Abs() },
        { "softmax(a)", A.Softmax() },
        { "a where a > b, else 0", Flow.Select(A.Greater(B), A, 0f) },
        { "(a where a > b, else 0) + c", Flow.Select(A.Greater(B), A, 0f) + C },
        { "exp(log(tanh(…)))", A.Exp().Tanh().Log().Exp() },
        { "hidden + b", A.Exp(name: "hidden") + B },
        { "concat(…)", Flow.Concat([.. Enumerable.Repeat(A, 30)], 0) },
    };

    [Theory, MemberData(nameof(Expressions))]
    public void A_node_without_a_name_is_called_by_its_expression(string expected, Node node) => Assert.Equal(expected, node.Label);

    [Fact]
    public void A_node_says_what_it_is()
    {
        Assert.Equal("a [2, 2]", A.ToString());
        Assert.Equal("i [2] Int32", Index.ToString());
        Assert.Equal("a > b [2, 2] Bool", A.Greater(B).ToString());
        Assert.Equal("given [2, 2]", A.Exp(name: "given").ToString());
        Assert.Equal("3 []", new Constant(3).ToString());
        Assert.Equal("rate []", new Constant("rate", 3).ToString());
        Assert.Equal("[?, 784]", Shape.Create([null, 784]).ToString());
        Assert.Equal("ReduceSum(axes [1], kept)", ((Operation)A.Sum(1, keep: true)).Op.ToString());
    }

    [Fact]
    public void A_node_knows_where_it_was_written()
    {
        var line = Line();
        Node[] nodes =
            [
            new Placeholder("x", [2]), new Variable("w", [2]), new Constant("c", 1), new Constant("c", [1, 2]), A.Relu(), A.MatMul(B),
            A.Sum(), A.Sum([0, 1]), A.Mean(), A.Max(), A.Reshape([4]),
            Flow.AddFlow(A, new Relu()), Flow.Concat([A, B], 0), Flow.Select(A.Greater(B), A, B), new Variable("w", []).Assign(1f),
            Layers.Dense(A, 3),
            Losses.MeanSquaredError(A, B), Losses.MeanAbsoluteError(A, B), Losses.Huber(A, B), Losses.BinaryCrossEntropy(A, B),
            Losses.SoftmaxCrossEntropy(A, Index), Losses.CrossEntropy(A, B), Metrics.Accuracy(A, Index),
        ];
        var end = Line();
        Assert.All(nodes, node =>
        {
            Assert.EndsWith("LabelTests.cs", node.MadeAt.File, StringComparison.Ordinal);
            Assert.InRange(node.MadeAt.Line, line + 3, end - 2);
        });
    }

    [Fact]
    public void What_nobody_wrote_has_no_place()
    {
        Assert.False((A + B).MadeAt.IsKnown);
        Assert.False(((Node)1f).MadeAt.IsKnown);
        Assert.False(Activation.Relu(A).MadeAt.IsKnown);
        Assert.False(Gradients.Of(A.Relu().Sum(), A)[0].MadeAt.IsKnown);
        Assert.Equal("an unknown place", (A + B).MadeAt.ToString());
        Assert.Equal("Program.cs:12", new SourceLocation(@"C:\work\Program.cs", 12).ToString());
        Assert.Equal("Program.cs:12", new SourceLocation("/home/me/Program.cs", 12).ToString());
    }

    private static int Line([CallerLineNumber] int line = 0) => line;
}
