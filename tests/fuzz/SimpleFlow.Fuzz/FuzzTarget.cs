namespace SimpleFlow.Fuzz;

/// <summary>
/// A reader as a fuzzer sees it: bytes go in, and either they are read, or a typed error comes out.
/// Anything else that leaves the reader is a bug, and so is more memory than the bytes are worth.
/// </summary>
internal abstract class FuzzTarget
{
    /// <summary>What may be used beside what follows from the size of the file: buffers, and what a reader needs once.</summary>
    protected const long Ground = 1 << 20;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
        [new IdxTarget(), new CsvTarget(), new NpyTarget(), new NpzTarget(), new SafetensorsTarget(), new LayersTarget(),
            new NetworkTarget(), new CheckpointTarget(), new PictureTarget(), new OnnxTarget()];

    /// <summary>Its name, which is also that of its folder in the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>What the names of its files end in.</summary>
    public abstract string Ending { get; }

    /// <summary>Small files that are read, by their names.</summary>
    public abstract IEnumerable<(string Name, byte[] Bytes)> Seeds();

    /// <summary>Reads a file.</summary>
    public abstract object Read(string path);

    /// <summary>How many bytes may be allocated while the file is read: the same for every reader of numbers.</summary>
    public virtual long MemoryToRead(byte[] bytes) => 4 * Math.Max(bytes.Length, Unpacked(bytes)) + Ground;

    /// <summary>Looks at what was read, and does with it what users do.</summary>
    /// <param name="path">The file.</param>
    /// <param name="read">What was read.</param>
    public abstract void Use(string path, object read);

    /// <summary>How many bytes may be allocated then.</summary>
    public virtual long MemoryToUse(byte[] bytes) => 4 * Math.Max(bytes.Length, Unpacked(bytes)) + Ground;

    /// <summary>How many bytes a file is worth that is compressed: what it really unpacks to.</summary>
    protected virtual long Unpacked(byte[] bytes) => bytes.Length;

    /// <summary>Changes a file in a way that keeps lengths and checksums right, so that what lies behind them is reached.</summary>
    public virtual byte[] Structured(byte[] bytes, Mutator mutator) => mutator.Text(bytes);

    /// <summary>Whether an error is one that the reader promises.</summary>
    protected virtual bool IsPromised(SimpleFlowException error, string path) =>
        error is DataException && error.Message.Contains(path, StringComparison.Ordinal);

    /// <summary>Gives bytes to the reader.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="path">A file that they are written to.</param>
    /// <returns>The promised error that refused them; null if they were read.</returns>
    /// <exception cref="FuzzException">Another error came out, or too much memory was used.</exception>
    public SimpleFlowException? Run(byte[] bytes, string path)
    {
        File.WriteAllBytes(path, bytes);
        object? read = null;
        Check("read", Measured(() => read = Read(path), path, out var refusal), MemoryToRead(bytes));
        if (refusal is null) Check("use", Measured(() => Use(path, read!), path, out refusal), MemoryToUse(bytes));
        return refusal;

        void Check(string what, long used, long allowed)
        {
            if (used > allowed)
                throw new FuzzException(
                    $"{Name}: {used:N0} bytes were allocated to {what} a file of {bytes.Length:N0}; {allowed:N0} are allowed.");
        }
    }

    /// <summary>Reads a file, and says how many bytes were allocated for it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="refusal">The promised error that refused it; null if it was read.</param>
    /// <exception cref="FuzzException">Another error came out.</exception>
    public long MemoryOfReading(string path, out SimpleFlowException? refusal) => Measured(() => Read(path), path, out refusal);

    private long Measured(Action action, string path, out SimpleFlowException? refusal)
    {
        refusal = null;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            action();
        }
        catch (SimpleFlowException error) when (IsPromised(error, path))
        {
            refusal = error;
        }
        catch (Exception error)
        {
            throw new FuzzException($"{Name}: {error.GetType().Name} came out: {error.Message}", error);
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
