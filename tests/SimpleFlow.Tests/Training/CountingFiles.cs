namespace SimpleFlow.Tests.Training;

/// <summary>A disk that counts the bytes of every file that is written to it.</summary>
internal sealed class CountingFiles : FileLayer
{
    private readonly List<Counted> _files = [];

    /// <summary>The lengths of the files in the order in which they were written.</summary>
    public IReadOnlyList<long> Lengths => _files.ConvertAll(file => file.Written);

    public override Stream Create(string path, UnixFileMode? mode = null)
    {
        _files.Add(new Counted(base.Create(path, mode)));
        return _files[^1];
    }

    // What is counted is not the disk's time.
    public override void Flush(Stream file) { }

    private sealed class Counted(Stream whole) : WrittenStream(whole)
    {
        public long Written { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Whole.Write(buffer);
            Written += buffer.Length;
        }
    }
}
