// Lesson 4: from numbers to matrices. Made from learn/04-matrices.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj

using SimpleFlow;
var x = new Placeholder("x", [null, 2]);                                    // any number of rows
var w = new Variable("w", [2, 4], Initializer.Constant(1, 0, -1, 2, 0, 1, 2, -1));
var b = new Variable("b", [4], Initializer.Constant(0, 0, 1, 0));
var s = x.MatMul(w) + b;
var feed = new Feed { [x] = new float[,] { { 1, 2 }, { 3, 4 }, { 0, -1 } } };
var rows = PlainReading.Of([s], feed)[0];
for (var i = 0; i < 3; i++) Console.WriteLine($"{rows[i, 0],4}{rows[i, 1],4}{rows[i, 2],4}{rows[i, 3],4}");
var loss = s.Relu("l").Power(2).Mean(name: "loss");
Console.WriteLine(Derivation.Of(loss));
var lines = Derivation.Of(loss, feed).ToText().Split('\n');
Console.WriteLine(string.Join('\n', lines.SkipWhile(line => line != "Gradients").TakeWhile(line => line != "Updates")));
var gradient = PlainReading.Of(Gradients.Of(loss, w), feed)[0];
Console.WriteLine($"by back-propagation: {gradient[0, 0]:F6} {gradient[1, 2]:F6}");

// The same by trying: move one weight a little to both sides.
double LossWith(int index, double shift)
{
    var moved = w.Values.ToArray();
    moved[index] += (float)shift;
    var other = new Variable("w", [2, 4], Initializer.Constant(moved));
    return PlainReading.Of([(x.MatMul(other) + b).Relu().Power(2).Mean()], feed)[0].ToArray()[0];
}
const double h = 1.0 / 1024;
Console.WriteLine($"by trying:           {(LossWith(0, h) - LossWith(0, -h)) / (2 * h):F6} "
    + $"{(LossWith(6, h) - LossWith(6, -h)) / (2 * h):F6}");
try
{
    x.MatMul(new Variable("v", [3, 4]));
}
catch (ShapeException error)
{
    Console.WriteLine(error.Message.Split('\n')[0]);
}
