namespace SimpleFlow;

/// <summary>Passes reads through, and computes the checksum of zip files over them: CRC-32, the remainder of a division by a polynomial
/// over the bits (ISO 3309), a byte at a time by a table.</summary>
/// <param name="inner">Where the bytes come from.</param>
internal sealed class Crc32Stream(Stream inner) : Stream
{
    private const uint Polynomial = 0xEDB8_8320;
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256)
        .Select(one => Enumerable.Range(0, 8).Aggregate((uint)one, (rest, _) => (rest & 1) == 0 ? rest >> 1 : rest >> 1 ^ Polynomial))];
    private uint _rest = uint.MaxValue;

    /// <summary>The checksum of all that was read so far.</summary>
    public uint Checksum => ~_rest;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        foreach (var one in buffer[..read]) _rest = _rest >> 8 ^ Table[(_rest ^ one) & 0xFF];
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
