using SimpleFlow.Compilation;
using SimpleFlow.Kernels;

namespace SimpleFlow.Execution;

/// <summary>Some outputs of a graph, ready to run: a plan for each set of fed shapes, made when the shapes first come and kept.</summary>
internal sealed class Session(Node[] outputs, StepClock clock, CompilerOptions options)
{
    // Full batches, a last smaller one, a validation batch: more than a few are a sign of ever-changing shapes, and memory must not creep.
    private const int MostPlans = 16;

    private readonly Placeholder[] _placeholders = [.. GraphOrder.Of(outputs).OfType<Placeholder>()];
    private readonly List<(Shape?[] Shapes, Executable Executable)> _plans = [];

    /// <summary>The executable for these shapes.</summary>
    /// <param name="fed">The shapes.</param>
    /// <param name="cancellation">Stops the compiler; nothing is kept then.</param>
    /// <exception cref="GraphException">A placeholder that is needed is missing.</exception>
    public Executable For(IReadOnlyDictionary<Placeholder, Shape> fed, CancellationToken cancellation = default)
    {
        var shapes = Array.ConvertAll(_placeholders, fed.GetValueOrDefault);
        foreach (var (known, executable) in _plans)
        {
            if (Enumerable.SequenceEqual(known, shapes)) return executable;
        }
        var made = new Executable(Compiler.Compile(outputs, fed, options with { Cancellation = cancellation }), clock, cancellation);
        if (_plans.Count == MostPlans) _plans.RemoveAt(0);
        _plans.Add((shapes, made));
        return made;
    }
}
