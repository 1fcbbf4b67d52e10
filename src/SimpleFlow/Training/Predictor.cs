using System.Numerics.Tensors;
using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// Predicts on any number of threads at once, such as those of a web server: made once by <see cref="Model.Predictor"/>, used by all. Each
/// run computes in working memory of its own, which is kept for the next; the weights are shared.
/// The results have the same bits as those of <see cref="Model.Predict(Feed)"/>.
/// </summary>
public sealed class Predictor : IDisposable
{
    private readonly IReadOnlyList<Node> _predictions;
    private readonly ExecutablePool _pool;
    private readonly VariableAccess? _reading;             // null: nobody else writes its variables
    private readonly Dictionary<int, ExecutablePool.Shapes> _rows = [];
    private volatile bool _isDisposed;

    internal Predictor(IReadOnlyList<Node> predictions, Node[] computed, StepClock clock, CompilerOptions options, VariableAccess? reading)
    {
        (_predictions, _reading) = (predictions, reading);
        // More at once than there are processors would only take memory.
        _pool = new ExecutablePool(computed, clock, options, most: Math.Max(Environment.ProcessorCount, 2));
    }

    /// <summary>How many plans were compiled so far, and how many executables are kept.</summary>
    internal (int Compiled, int Kept) Counts => _pool.Counts;

    /// <summary>The first prediction for what is fed.</summary>
    /// <exception cref="GraphException">A placeholder is missing or was fed a shape it does not have, or a whole number is too large for a
    /// float to hold it.</exception>
    /// <exception cref="DataException">An index is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed of.</exception>
    public Tensor<float> Predict(Feed feed) => Outputs(feed, count: 1)[0];

    /// <summary>All predictions for what is fed, in the order in which the model was given them.</summary>
    /// <inheritdoc cref="Predict(Feed)"/>
    public IReadOnlyList<Tensor<float>> PredictAll(Feed feed) => Outputs(feed, _predictions.Count);

    /// <summary>The first prediction for every row of a dataset, a batch at a time: [rows, ..].</summary>
    /// <exception cref="DataException">The dataset is empty, or has an index out of range; the message names the row.</exception>
    /// <exception cref="GraphException">The prediction has no row for each example.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed of.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor<float> Predict(Dataset dataset, int batchSize = 1000, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        Model.RequireRows(dataset);
        return RowPredictions.Of(_predictions, feed => Outputs(feed, count: 1), dataset, batchSize, count: 1, progress: null,
            cancellation)[0];
    }

    /// <summary>The first prediction for some rows, from memory to memory: it allocates nothing once it has seen as many rows. For a model
    /// with one placeholder of floats of which only the number of rows is open.</summary>
    /// <param name="rows">The rows one after the other, in row-major order.</param>
    /// <param name="results">Receives the prediction in row-major order; it must be as long.</param>
    /// <exception cref="ArgumentException">The rows are not whole, or the results are longer or shorter than the prediction.</exception>
    /// <exception cref="GraphException">The predictions need several placeholders, or one of another kind.</exception>
    /// <exception cref="ObjectDisposedException">The predictor was disposed of.</exception>
    public void Predict(ReadOnlySpan<float> rows, Span<float> results)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var shapes = ShapesOf(rows);
        var executable = _pool.Rent(shapes);
        try
        {
            var expected = executable.Output(0).Count;
            if (results.Length != expected)
                throw new ArgumentException(
                    $"The prediction has {NumberText.Count(expected, "element")}, and there is room for {results.Length}.",
                    nameof(results));
            var input = _pool.Placeholders[0];
            if (executable.Reads(input)) rows.CopyTo(executable.Feed(input).Span);
            using var held = _reading?.Enter() ?? default;
            executable.Run();
            PlanData.Copy(executable, 0, results);
        }
        finally
        {
            _pool.Return(shapes, executable);
        }
    }

    /// <summary>Frees the working memory. Runs that have begun end as usual.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _pool.Close();
    }

    private Tensor<float>[] Outputs(Feed feed, int count)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var shapes = _pool.Of(feed);
        var executable = _pool.Rent(shapes);
        try
        {
            PlanData.Fill(executable, feed);
            using var held = _reading?.Enter() ?? default;
            executable.Run(feed.DataRows.Span);
            return [.. Enumerable.Range(0, count).Select(i => PlanData.Fetch(executable, i))];
        }
        finally
        {
            _pool.Return(shapes, executable);
        }
    }

    private ExecutablePool.Shapes ShapesOf(ReadOnlySpan<float> rows)
    {
        var length = rows.Length;
        lock (_rows)
        {
            if (_rows.TryGetValue(length, out var known)) return known;
            if (_pool.Placeholders is not [{ ElementType: ElementType.Float32 } input] || input.Shape.Rank == 0
                || input.Shape.Skip(1).Contains(null))
                throw new GraphException(
                    "Rows can be predicted from memory to memory if the predictions need exactly one placeholder, of floats, of which "
                        + $"only the number of rows is open. Here they need {Needed()}: use Predict with a feed.");
            var row = input.Shape.Skip(1).Aggregate(1L, (product, size) => product * size!.Value);
            if (row == 0 || length % row != 0 || input.Shape[0] is { } most && most * row != length)
                throw new ArgumentException(
                    $"`{input.Label}` is {input.Shape}: rows of {NumberText.Count(row, "number")}, and {length} numbers were given.",
                    nameof(rows));
            var fed = new Dictionary<Placeholder, Shape>(ReferenceEqualityComparer.Instance)
            {
                [input] = input.Shape.With(0, length / row)
            };
            return _rows[length] = _pool.Of(fed);
        }
    }

    private string Needed() => _pool.Placeholders.Count == 0 ? "none"
        : string.Join(", ", _pool.Placeholders.Select(one => $"`{one.Label}` {one.Shape}"));
}
