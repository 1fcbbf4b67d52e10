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

    private sealed class Counted(Stream whole) : Stream
    {
        public long Written { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Written;

        public override long Position { get => Written; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            whole.Write(buffer);
            Written += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => whole.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) whole.Dispose();
            base.Dispose(disposing);
        }
    }
}
