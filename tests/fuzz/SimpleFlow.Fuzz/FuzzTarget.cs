namespace SimpleFlow.Fuzz;

/// <summary>
/// A reader as a fuzzer sees it: bytes go in, and either they are read, or a typed error comes out. Anything else that leaves the reader is a bug, and so is more memory than the bytes are worth.
/// </summary>
internal abstract class FuzzTarget
{
    /// <summary>What may be used beside what follows from the size of the file: buffers, and what a reader needs once.</summary>
    protected const long Ground = 1 << 20;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
        [new IdxTarget(), new CsvTarget(), new NpyTarget(), new NpzTarget(), new SafetensorsTarget(), new LayersTarget(), new NetworkTarget(), new CheckpointTarget(), new PictureTarget()];

    /// <summary>Its name, which is also that of its folder in the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>What the names of its files end in.</summary>
    public abstract string Ending { get; }

    /// <summary>Small files that are read, by their names.</summary>
    public abstract IEnumerable<(string Name, byte[] Bytes)> Seeds();

    /// <summary>Reads a file, and looks at what was read.</summary>
    public abstract void Read(string path);

    /// <summary>How many bytes may be allocated while the file is read.</summary>
    public abstract long Memory(byte[] bytes);

    /// <summary>Changes a file in a way that keeps lengths and checksums right, so that what lies behind them is reached.</summary>
    public virtual byte[] Structured(byte[] bytes, Mutator mutator) => mutator.Text(bytes);

    /// <summary>Whether an error is one that the reader promises.</summary>
    protected virtual bool IsPromised(SimpleFlowException error, string path) => error is DataException && error.Message.Contains(path, StringComparison.Ordinal);

    /// <summary>Gives bytes to the reader.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="path">A file that they are written to.</param>
    /// <returns>The promised error that refused them; null if they were read.</returns>
    /// <exception cref="FuzzException">Another error came out, or too much memory was used.</exception>
    public SimpleFlowException? Run(byte[] bytes, string path)
    {
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        SimpleFlowException? refusal = null;
        try
        {
            Read(path);
        }
        catch (SimpleFlowException error) when (IsPromised(error, path))
        {
            refusal = error;
        }
        catch (Exception error)
        {
            throw new FuzzException($"{Name}: {error.GetType().Name} came out: {error.Message}", error);
        }
        var used = GC.GetAllocatedBytesForCurrentThread() - before;
        var allowed = Memory(bytes);
        return used <= allowed ? refusal : throw new FuzzException($"{Name}: {used:N0} bytes were allocated for a file of {bytes.Length:N0}; {allowed:N0} are allowed.");
    }
}
