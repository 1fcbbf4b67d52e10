using SimpleFlow.Compilation;
using SimpleFlow.Kernels;

namespace SimpleFlow.Execution;

/// <summary>
/// Some outputs of a graph, ready to run on many threads at once: one plan for each set of fed shapes, and as many executables of it as run
/// at the same time, each in an arena of its own. They are kept and used again, the most recently used shapes as long as all fit into
/// <see cref="MostBytes"/>.
/// </summary>
/// <param name="outputs">The outputs.</param>
/// <param name="clock">The number of the step and the seed.</param>
/// <param name="options">How to compile.</param>
/// <param name="most">How many may run at once; who comes later waits.</param>
internal sealed class ExecutablePool(Node[] outputs, StepClock clock, CompilerOptions options, int most)
{
    private const long MostBytes = 268_435_456;

    private readonly object _gate = new();
    private readonly Placeholder[] _placeholders = [.. GraphOrder.Of(outputs).OfType<Placeholder>()];
    private readonly FeedShapes<Shapes> _feeds = new();
    private readonly List<Shapes> _all = [];
    private readonly Lazy<(Node[] Outputs, Prepared? Prepared)> _ready = new(() => Prepared.Of(outputs, options));
    private int _running, _compiled;
    private long _bytes, _uses;
    private bool _isClosed;

    /// <summary>What the outputs are computed from.</summary>
    public IReadOnlyList<Placeholder> Placeholders => _placeholders;

    /// <summary>How many plans were compiled so far, and how many executables are kept.</summary>
    public (int Compiled, int Kept) Counts
    {
        get
        {
            lock (_gate) return (_compiled, _all.Sum(shapes => shapes.Idle.Count));
        }
    }

    /// <summary>What is kept for the shapes of a feed. Allocates nothing for a feed like one before.</summary>
    /// <exception cref="GraphException">A placeholder is fed a shape that it does not have.</exception>
    public Shapes Of(Feed feed)
    {
        lock (_gate)
        {
            if (!_feeds.TryGet(feed, out var known)) _feeds.Add(feed, known = Known(FeedShape.Of(feed)));
            return known;
        }
    }

    /// <summary>What is kept for some shapes.</summary>
    public Shapes Of(Dictionary<Placeholder, Shape> fed)
    {
        lock (_gate) return Known(fed);
    }

    private Shapes Known(Dictionary<Placeholder, Shape> fed)
    {
        var sizes = Array.ConvertAll(_placeholders, fed.GetValueOrDefault);
        if (_all.Find(one => one.Sizes.AsSpan().SequenceEqual(sizes, EqualityComparer<Shape?>.Default)) is { } known) return known;
        _all.Add(known = new Shapes(fed, sizes));
        return known;
    }

    /// <summary>An executable that nobody else uses until it is returned.</summary>
    /// <exception cref="GraphException">A placeholder that is needed is missing.</exception>
    /// <exception cref="MemoryException">There is not enough memory for one more.</exception>
    /// <exception cref="ObjectDisposedException">The pool is closed.</exception>
    public Executable Rent(Shapes shapes)
    {
        lock (_gate)
        {
            while (_running >= most && !_isClosed) Monitor.Wait(_gate);
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _running++;
            shapes.LastUse = ++_uses;
            if (shapes.Idle.TryPop(out var idle))
            {
                _bytes -= shapes.Bytes;
                return idle;
            }
        }
        try
        {
            return new Executable(PlanOf(shapes), clock, prepared: _ready.Value.Prepared);
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>Gives an executable back.</summary>
    public void Return(Shapes shapes, Executable executable)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                shapes.Idle.Push(executable);
                _bytes += shapes.Bytes;
                // What was not used for longest goes first, and of the last shapes one stays.
                while (_bytes > MostBytes && DropOldest(shapes)) { }
            }
        }
        Leave();
    }

    /// <summary>Drops all that is kept. Runs that have begun end; later ones are refused.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (var shapes in _all) shapes.Idle.Clear();
            _all.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _running--;
            Monitor.Pulse(_gate);
        }
    }

    // Several threads may need the plan at once, and one compiles it.
    private Plan PlanOf(Shapes shapes)
    {
        lock (shapes)
        {
            if (shapes.Plan is { } known) return known;
            var plan = Compiler.Compile(_ready.Value.Outputs, shapes.Fed, options);
            shapes.Bytes = plan.ArenaLength * sizeof(float) + (long)plan.Steps.Count * Session.BytesOfStep;
            lock (_gate) _compiled++;
            return shapes.Plan = plan;
        }
    }

    private bool DropOldest(Shapes last)
    {
        if (_all.Where(shapes => shapes.Idle.Count > (shapes == last ? 1 : 0)).MinBy(shapes => shapes.LastUse) is not { } oldest)
            return false;
        oldest.Idle.Pop();
        _bytes -= oldest.Bytes;
        // Its plan can be compiled again.
        if (oldest.Idle.Count == 0) oldest.Plan = null;
        return true;
    }

    /// <summary>What is kept for some shapes.</summary>
    internal sealed class Shapes(Dictionary<Placeholder, Shape> fed, Shape?[] sizes)
    {
        public Dictionary<Placeholder, Shape> Fed { get; } = fed;

        public Shape?[] Sizes { get; } = sizes;

        public Plan? Plan { get; set; }

        public Stack<Executable> Idle { get; } = new();

        /// <summary>What one executable takes.</summary>
        public long Bytes { get; set; }

        public long LastUse { get; set; }
    }
}
