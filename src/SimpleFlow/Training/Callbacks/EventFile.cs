using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text;

namespace SimpleFlow;

/// <summary>
/// A file of TensorBoard events: records (length, its checksum, bytes, their checksum), each a message
/// <c>Event</c> in the encoding of protocol buffers (tensorflow/core/util/event.proto and summary.proto;
/// the few fields needed here are written by hand).
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const int HistogramBuckets = 30;
    private readonly FileStream _stream;
    private readonly TimeProvider _time;

    public EventFile(string folder, TimeProvider time)
    {
        _time = time;
        Directory.CreateDirectory(folder);
        // TensorBoard reads files whose names have this word in them, and sorts them by the seconds that follow.
        Path = System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture,
            $"events.out.tfevents.{time.GetUtcNow().ToUnixTimeSeconds():D10}.simpleflow.{Guid.NewGuid():N}"));
        _stream = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        Record(Event(step: 0, message => message.Text(3, "brain.Event:2")));
        Flush();
    }

    public string Path { get; }

    /// <summary>Writes some numbers of a step.</summary>
    public void Write(long step, IReadOnlyList<(string Name, double Value)> scalars) =>
        Record(Event(step, message => message.Nested(5, summary =>
    {
        foreach (var (name, value) in scalars) summary.Nested(1, one => one.Text(1, name).Float(2, (float)value));
    })));

    /// <summary>Writes a histogram of some elements.</summary>
    public void WriteHistogram(long step, string name, ReadOnlySpan<float> elements)
    {
        if (elements.IsEmpty) return;
        double min = TensorPrimitives.Min(elements), max = TensorPrimitives.Max(elements);
        if (!double.IsFinite(min) || !double.IsFinite(max)) return;       // TensorBoard has no bucket for them
        var buckets = new double[HistogramBuckets];
        var limits = Enumerable.Range(1, HistogramBuckets)
            .Select(i => i == HistogramBuckets || max == min ? max : min + (max - min) * i / HistogramBuckets).ToArray();
        var (sum, squares) = (0.0, 0.0);
        foreach (var element in elements)
        {
            buckets[max == min ? HistogramBuckets - 1
                : Math.Min(HistogramBuckets - 1, (int)((element - min) / (max - min) * HistogramBuckets))]++;
            sum += element;
            squares += (double)element * element;
        }
        var count = elements.Length;
        Record(Event(step, message => message.Nested(5, summary => summary.Nested(1, one => one.Text(1, name).Nested(5, histogram =>
            histogram.Double(1, min).Double(2, max).Double(3, count).Double(4, sum).Double(5, squares).Doubles(6, limits).Doubles(7,
                buckets))))));
    }

    public void Flush() => _stream.Flush();

    public void Dispose() => _stream.Dispose();

    private Message Event(long step, Action<Message> what)
    {
        var message = new Message().Double(1, (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds).Number(2, (ulong)step);
        what(message);
        return message;
    }

    private void Record(Message message)
    {
        var data = message.Bytes;
        Span<byte> header = stackalloc byte[12], trailer = stackalloc byte[4];
        BinaryPrimitives.WriteInt64LittleEndian(header, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], MaskedChecksum(header[..8]));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, MaskedChecksum(data));
        _stream.Write(header);
        _stream.Write(data);
        _stream.Write(trailer);
    }

    /// <summary>CRC-32C, masked (rotated and shifted), because the plain checksum of bytes that contain checksums is a weak one
    /// (tensorflow/core/lib/hash/crc32c.h).</summary>
    private static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes) crc = BitOperations.Crc32C(crc, one);
        return BitOperations.RotateRight(~crc, 15) + 0xA282EAD8;
    }

    /// <summary>A message of protocol buffers while it is written: fields by their numbers.</summary>
    private sealed class Message
    {
        private readonly MemoryStream _bytes = new();

        public ReadOnlySpan<byte> Bytes => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

        public Message Number(int field, ulong value) => Tag(field, 0).Variable(value);

        public Message Double(int field, double value) => Tag(field, 1).Fixed(value);

        public Message Float(int field, float value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
            return Tag(field, 5).Raw(bytes);
        }

        public Message Text(int field, string value)
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            return Tag(field, 2).Variable((ulong)bytes.Length).Raw(bytes);
        }

        public Message Doubles(int field, double[] values)
        {
            Tag(field, 2).Variable((ulong)values.Length * 8);
            foreach (var value in values) Fixed(value);
            return this;
        }

        public Message Nested(int field, Action<Message> write)
        {
            var inner = new Message();
            write(inner);
            return Tag(field, 2).Variable((ulong)inner.Bytes.Length).Raw(inner.Bytes);
        }

        private Message Tag(int field, int wireType) => Variable((ulong)(field << 3 | wireType));

        private Message Variable(ulong value)
        {
            for (; value >= 0x80; value >>= 7) _bytes.WriteByte((byte)(value | 0x80));
            _bytes.WriteByte((byte)value);
            return this;
        }

        private Message Fixed(double value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
            return Raw(bytes);
        }

        private Message Raw(ReadOnlySpan<byte> bytes)
        {
            _bytes.Write(bytes);
            return this;
        }
    }
}
