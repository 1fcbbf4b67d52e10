namespace SimpleFlow.Tests.Training;

/// <summary>A file that is only written to, from the beginning to the end.</summary>
internal abstract class WrittenStream(Stream whole) : Stream
{
    /// <summary>The file itself.</summary>
    public Stream Whole => whole;

    public sealed override bool CanRead => false;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => true;

    public sealed override long Length => whole.Length;

    public sealed override long Position { get => whole.Position; set => throw new NotSupportedException(); }

    public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public sealed override void Flush() => whole.Flush();

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    protected sealed override void Dispose(bool disposing)
    {
        if (disposing) whole.Dispose();
        base.Dispose(disposing);
    }
}
