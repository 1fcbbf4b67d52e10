using SimpleFlow.Compilation;
using SimpleFlow.Kernels;

namespace SimpleFlow.Execution;

/// <summary>
/// Some outputs of a graph, ready to run. It makes a plan for each set of fed shapes when they first come, and keeps it. However many
/// shapes alternate, each costs only its own run, as long as their plans together fit into <see cref="MostBytes"/>; beyond that, the least
/// recently used plan is dropped. All of them compute in one arena.
/// </summary>
/// <param name="outputs">The outputs.</param>
/// <param name="clock">The number of the step and the seed.</param>
/// <param name="options">How to compile.</param>
/// <param name="shared">The arena, which other sessions use too, but not at the same time; null: its own.</param>
internal sealed class Session(Node[] outputs, StepClock clock, CompilerOptions options, Arena? shared = null)
{
    // Hundreds of plans of a small network. Of a large one a full batch, a smaller last one and two others are always kept:
    // more plans are a sign of ever-changing shapes, and memory must not creep up.
    private const long MostBytes = 268_435_456;
    private const int FewestPlans = 4;

    // A rough estimate for the nodes and the kernel of a step, so that plans of many small steps count too.
    internal const int BytesOfStep = 4_096;

    private readonly Placeholder[] _placeholders = [.. GraphOrder.Of(outputs).OfType<Placeholder>()];
    private readonly Arena _arena = shared ?? new Arena();
    private readonly Dictionary<FedShapes, Kept> _plans = [];
    private readonly FeedShapes<KnownFeed> _feeds = new();
    private (Node[] Outputs, Prepared? Prepared)? _ready;
    private long _bytes, _uses;

    /// <summary>How many plans are kept.</summary>
    public int Plans => _plans.Count;

    /// <summary>The executable for these shapes.</summary>
    /// <param name="fed">The shapes.</param>
    /// <param name="cancellation">Cancels the compiler; nothing is kept then.</param>
    /// <exception cref="GraphException">A placeholder that is needed is missing.</exception>
    public Executable For(IReadOnlyDictionary<Placeholder, Shape> fed, CancellationToken cancellation = default) =>
        For(KeyOf(fed), fed, cancellation);

    /// <summary>The executable for the shapes of a feed. Allocates nothing for a feed like one before.</summary>
    /// <exception cref="GraphException">A placeholder that is needed is missing, or is fed a shape that it does not have.</exception>
    public Executable For(Feed feed, CancellationToken cancellation = default)
    {
        if (!_feeds.TryGet(feed, out var known))
        {
            var fed = FeedShape.Of(feed);
            _feeds.Add(feed, known = new KnownFeed(KeyOf(fed), fed));
        }
        return For(known.Key, known.Fed, cancellation);
    }

    private FedShapes KeyOf(IReadOnlyDictionary<Placeholder, Shape> fed) => new(Array.ConvertAll(_placeholders, fed.GetValueOrDefault));

    private Executable For(FedShapes shapes, IReadOnlyDictionary<Placeholder, Shape> fed, CancellationToken cancellation)
    {
        if (!_plans.TryGetValue(shapes, out var kept))
        {
            // Make room before more is allocated.
            var compiled = options with { Cancellation = cancellation };
            var (graph, prepared) = _ready ??= Prepared.Of(outputs, compiled);
            var plan = Compiler.Compile(graph, fed, compiled);
            var bytes = plan.ConstantsLength * sizeof(float) + plan.Steps.Sum(step => step.Kernels) * BytesOfStep;
            while (_plans.Count >= FewestPlans && _bytes + bytes > MostBytes) Drop(_plans.MinBy(one => one.Value.LastUse).Key);
            _plans[shapes] = kept = new Kept(new Executable(plan, clock, _arena, prepared, cancellation), bytes);
            _bytes += bytes;
        }
        kept.LastUse = _uses++;
        return kept.Executable;
    }

    private void Drop(FedShapes shapes)
    {
        _plans.Remove(shapes, out var dropped);
        _bytes -= dropped!.Bytes;
    }

    /// <summary>What the shapes of a feed are, and which plan they need.</summary>
    private sealed record KnownFeed(FedShapes Key, Dictionary<Placeholder, Shape> Fed);

    private sealed class Kept(Executable executable, long bytes)
    {
        public Executable Executable { get; } = executable;

        public long Bytes { get; } = bytes;

        public long LastUse { get; set; }
    }

    /// <summary>The shapes of the placeholders; null for one that is not fed.</summary>
    private readonly struct FedShapes(Shape?[] shapes) : IEquatable<FedShapes>
    {
        private readonly Shape?[] _shapes = shapes;

        public bool Equals(FedShapes other) => _shapes.AsSpan().SequenceEqual(other._shapes, EqualityComparer<Shape?>.Default);

        public override bool Equals(object? obj) => obj is FedShapes other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var shape in _shapes) hash.Add(shape);
            return hash.ToHashCode();
        }
    }
}
