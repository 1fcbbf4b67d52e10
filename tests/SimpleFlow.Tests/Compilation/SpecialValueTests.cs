using System.Reflection;
using PlainFeed = System.Collections.Generic.Dictionary<SimpleFlow.Placeholder, SimpleFlow.PlainTensor>;

namespace SimpleFlow.Tests.Compilation;

/// <summary>Signed zeros, infinities and NaN come through simplifying, folding and merging as the plain reading has them.</summary>
[Trait("Promise", "3")]
public class SpecialValueTests
{
    private static readonly float[] Values = [0, -0f, 1, -1, 2, -2, 0.5f, 3e38f, -3e38f, float.PositiveInfinity, float.NegativeInfinity,
        float.NaN];

    private static readonly Dictionary<string, Func<Node, Node, Node>> Binaries = new(StringComparer.Ordinal)
    {
        ["+"] = (a, b) => a + b,
        ["−"] = (a, b) => a - b,
        ["·"] = (a, b) => a * b,
        ["/"] = (a, b) => a / b,
        ["max"] = (a, b) => a.Maximum(b),
        ["min"] = (a, b) => a.Minimum(b),
        ["="] = (a, b) => a.Equal(b).Cast(),
        ["≠"] = (a, b) => a.NotEqual(b).Cast(),
        [">"] = (a, b) => a.Greater(b).Cast(),
        ["≥"] = (a, b) => a.GreaterOrEqual(b).Cast(),
        ["<"] = (a, b) => a.Less(b).Cast(),
        ["≤"] = (a, b) => a.LessOrEqual(b).Cast(),
        ["select"] = (a, b) => Flow.Select(a.Greater(b), a, b),
    };

    private static readonly Dictionary<string, Func<Node, Node>> Unaries = new(StringComparer.Ordinal)
    {
        ["abs"] = x => x.Abs(),
        ["sign"] = x => x.Sign(),
        ["relu"] = x => x.Relu(),
        ["leaky relu"] = x => x.LeakyRelu(0.5f),
        ["−(−x)"] = x => -(-x),
        ["sqrt"] = x => x.Sqrt(),
        ["exp"] = x => x.Clip(-5, 5).Exp(),
        ["tanh"] = x => x.Tanh(),
        ["sigmoid"] = x => x.Sigmoid(),
        ["softplus"] = x => x.Softplus(),
        ["erf"] = x => x.Erf(),
        ["gelu"] = x => x.Gelu(),
        ["silu"] = x => x.Silu(),
        ["elu"] = x => x.Elu(),
        ["clip"] = x => x.Clip(-0f, 5),
        ["clip from 0"] = x => x.Clip(0, 5),
        ["x⁰"] = x => x.Power(0),
        ["x¹"] = x => x.Power(1),
        ["√x as a power"] = x => x.Power(0.5f),
        ["1/x as a power"] = x => x.Power(-1),
        ["x^NaN"] = x => x.Power(float.NaN),
        ["x − x"] = x => x - x,
        ["x / x"] = x => x / x,
        ["x · 0"] = x => x * 0f,
        ["x + 0"] = x => x + 0f,
        ["x + −0"] = x => x + -0f,
        ["0 + x"] = x => 0f + x,
        ["x − 0"] = x => x - 0f,
        ["x − −0"] = x => x - -0f,
        ["x · 1"] = x => x * 1f,
        ["x / 1"] = x => x / 1f,
        ["x + zeros of both signs"] = x =>
            x + new Constant("zeros", [.. Enumerable.Range(0, Values.Length).Select(i => i % 2 == 0 ? 0f : -0f)]),
    };

    [Fact]
    public void Both_readings_agree_on_every_pair_of_special_values_fed_or_constant()
    {
        var (a, b) = (new Placeholder("a", [Values.Length, 1]), new Placeholder("b", [1, Values.Length]));
        foreach (var (name, op) in Binaries)
        {
            Compare(name, [op(a, b)], new() { [a] = Tensor(a.Shape), [b] = Tensor(b.Shape) });
            foreach (var value in Values)
            {
                Compare($"{name} with {value} on the right", [op(a, value)], new() { [a] = Tensor(a.Shape) });
                Compare($"{name} with {value} on the left", [op(value, a)], new() { [a] = Tensor(a.Shape) });
                foreach (var other in Values) Compare($"{value} {name} {other}, folded", [op(value, other)], []);
            }
        }
    }

    [Fact]
    public void Both_readings_agree_on_every_function_of_a_special_value()
    {
        var x = new Placeholder("x", [Values.Length]);
        foreach (var (name, op) in Unaries)
        {
            var y = op(x);
            Compare(name, [y], new() { [x] = Tensor(x.Shape) });
            foreach (var value in Values)
                Compare($"{name} of {value}, folded", [op(new Constant("c", Enumerable.Repeat(value, Values.Length).ToArray()))], []);
        }
    }

    [Fact]
    public void Equal_attributes_of_another_sign_are_not_merged()
    {
        var x = new Placeholder("x", [3]);
        var feed = new PlainFeed { [x] = new(x.Shape, [-1, 0, 1]) };
        Compare("clips", [1f / x.Clip(-0f, 5), 1f / x.Clip(0, 5)], feed);
        Compare("slopes", [1f / x.LeakyRelu(0), 1f / x.LeakyRelu(-0f)], feed);
        Compare("powers of NaN", [x.Power(float.NaN), x.Power(float.NaN) + 1f], feed);
    }

    [Fact]
    public void Every_number_that_tells_two_ops_apart_shows_in_the_attributes()
    {
        // Merging compares attributes as texts, too: a float that is not in the text could differ in its sign alone.
        var silent = from type in typeof(Op).Assembly.GetTypes()
                     where type.IsSubclassOf(typeof(Op)) && !type.IsAbstract
                     from property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                     where type.GetField($"<{property.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic) is { } field
                         && (field.FieldType == typeof(float) || field.FieldType == typeof(double))
                     where !type.IsSubclassOf(typeof(RandomOp))          // never merged
                     let attributes = type.GetProperty("Attributes", BindingFlags.Instance | BindingFlags.NonPublic)
                     where attributes?.DeclaringType != type
                     select $"{type.Name}.{property.Name}";
        Assert.Empty(silent);
    }

    private static PlainTensor Tensor(Shape shape) => new(shape, Array.ConvertAll(Values, value => (double)value));

    private static void Compare(string what, Node[] nodes, PlainFeed feed)
    {
        var reading = new Reading(nodes, feed, default);
        var plain = reading.Plain();
        var compiled = reading.Compiled();
        for (var i = 0; i < nodes.Length; i++)
        {
            var expected = plain[nodes[i]].Elements;
            for (var j = 0; j < expected.Length; j++)
            {
                var (exact, found) = ((float)expected[j], (float)compiled[i][j]);
                Assert.True(
                    float.IsNaN(exact) ? float.IsNaN(found)
                    : exact == 0 || float.IsInfinity(exact) ? BitConverter.SingleToInt32Bits(exact) == BitConverter.SingleToInt32Bits(found)
                    : MathF.Abs(found - exact) <= 1e-6f * MathF.Abs(exact),
                    $"{what}: element {j} is {Show(found)}, the plain reading gives {Show(exact)}");
            }
        }
    }

    private static string Show(float number) => number == 0 && float.IsNegative(number) ? "−0" : $"{number:R}";
}
