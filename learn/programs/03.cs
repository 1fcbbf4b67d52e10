// Lesson 3: a back-propagation engine. Made from learn/03-an-engine.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj

using SimpleFlow;
var a = new Value(0.5, "a");
var b = new Value(-0.4, "b");
var c = a * b + a;                        // a is used twice
var d = (c * c + b).Tanh() + Value.Relu(a - b) * 0.5;
d.Backward();
Console.WriteLine($"d = {d.Number:F6}");
Console.WriteLine($"dd/da = {a.Gradient:F6}");
Console.WriteLine($"dd/db = {b.Gradient:F6}");
var x = new Value(0.5, "x");
var w = new Value(-0.8, "w");
var s = x * w + 0.1;
var y = s.Tanh();
var loss = (y - 1) * (y - 1) + w * w * 0.1;
loss.Backward();
foreach (var value in new[] { loss, y, s, w, x })
    Console.WriteLine($"{value.Name,-8} is {value.Number,9:F6}, gradient {value.Gradient,9:F6}");
var xs = new Variable("x", [], Initializer.Constant(0.5f));
var ws = new Variable("w", [], Initializer.Constant(-0.75f));
var ys = (xs * ws + 0.125f).Tanh();
var total = (ys - 1f) * (ys - 1f) + ws * ws * 0.25f;
var gradients = PlainReading.Of(Gradients.Of(total, ws, xs), new Feed());

var (x2, w2) = (new Value(0.5, "x"), new Value(-0.75, "w"));
var y2 = (x2 * w2 + 0.125).Tanh();
((y2 - 1) * (y2 - 1) + w2 * w2 * 0.25).Backward();
Console.WriteLine($"the library: {gradients[0].ToArray()[0]:F12} and {gradients[1].ToArray()[0]:F12}");
Console.WriteLine($"our engine:  {w2.Gradient:F12} and {x2.Gradient:F12}");
Console.WriteLine(Math.Abs(gradients[0].ToArray()[0] - w2.Gradient) < 1e-12 ? "they agree" : "they do not agree");
public sealed class Value(double number, string name = "")
{
    private readonly List<(Value Operand, double Slope)> _madeFrom = [];

    public double Number { get; } = number;

    public string Name { get; } = name;

    /// <summary>By how much the last value changes when this one does.</summary>
    public double Gradient { get; private set; }

    public static implicit operator Value(double number) => new(number, $"{number}");

    public static Value operator +(Value a, Value b) => new Value(a.Number + b.Number, "+").From(a, 1).From(b, 1);

    public static Value operator -(Value a, Value b) => new Value(a.Number - b.Number, "-").From(a, 1).From(b, -1);

    public static Value operator *(Value a, Value b) => new Value(a.Number * b.Number, "*").From(a, b.Number).From(b, a.Number);

    public static Value Relu(Value a) => new Value(Math.Max(a.Number, 0), "relu").From(a, a.Number > 0 ? 1 : 0);

    public Value Tanh()
    {
        var tanh = Math.Tanh(Number);
        return new Value(tanh, "tanh").From(this, 1 - tanh * tanh);
    }

    /// <summary>Notes what this was made from, and by how much that changes it.</summary>
    public Value From(Value operand, double slope)
    {
        _madeFrom.Add((operand, slope));
        return this;
    }

    /// <summary>Finds the gradients of everything this value was made from, and of what that was made from, and so on.</summary>
    public void Backward()
    {
        var order = new List<Value>();
        Visit(this, order, []);
        foreach (var value in order) value.Gradient = 0;
        Gradient = 1;
        for (var i = order.Count - 1; i >= 0; i--)                          // a value comes after everything that used it
        {
            foreach (var (operand, slope) in order[i]._madeFrom) operand.Gradient += order[i].Gradient * slope;
        }
    }

    // Operands before what was made from them.
    private static void Visit(Value value, List<Value> order, HashSet<Value> seen)
    {
        if (!seen.Add(value)) return;
        foreach (var (operand, _) in value._madeFrom) Visit(operand, order, seen);
        order.Add(value);
    }
}
