using System.Buffers.Binary;
using System.Text;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>Event files read back by a reader that knows nothing of the writer: records, checksums bit by bit, fields.</summary>
public class TensorBoardTests
{
    [Fact]
    public void What_is_written_can_be_read_record_by_record()
    {
        using var folder = new TemporaryFolder();
        var x = new Placeholder("x", [null]);
        var w = new Variable("w", [2], Initializer.Constant(1, 3));
        var model = new Model((x.Mean() * w).Sum(), optimizer: new GradientDescent(0.5f, 0), metrics: w.Sum(name: "sum"));
        var board = new TensorBoard(folder.File("runs"), everySteps: 2);
        model.Fit(new Dataset { [x] = new float[] { 1, 1, 1 } }, new FitOptions
        {
            Epochs = 2,
            BatchSize = 1,
            Validation = new Dataset { [x] = new float[] { 2 } },
            Callbacks = [board],
        });

        var events = Records(File.ReadAllBytes(board.Path!)).Select(Event).ToList();
        Assert.Contains("tfevents", board.Path, StringComparison.Ordinal);
        Assert.Equal("brain.Event:2", events[0].Version);
        var lines = events.Skip(1)
            .SelectMany(one => one.Values.Select(value => FormattableString.Invariant($"{one.Step} {value.Tag} {value.Number}"))).ToList();
        Assert.Equal(
        [
            "1 step/loss 4", "1 step/learning rate 0.5", "3 step/loss 2", "3 step/learning rate 0.5", "3 loss/training 3",
            "3 sum/training 3", "3 loss/validation 2", "3 sum/validation 1", "3 w 2",
            "5 step/loss 0", "5 step/learning rate 0.5", "6 loss/training 0", "6 sum/training 0", "6 loss/validation -4",
            "6 sum/validation -2", "6 w 2",
        ], lines);
    }

    [Fact]
    public void Values_that_nobody_can_count_are_left_out_of_distributions()
    {
        using var folder = new TemporaryFolder();
        string path;
        using (var file = new EventFile(folder.File("runs"), TimeProvider.System))
        {
            path = file.Path;
            file.WriteHistogram(1, "none", []);
            file.WriteHistogram(1, "nan", [1, float.NaN]);
            file.WriteHistogram(1, "alike", [2, 2, 2]);
        }
        Assert.Equal([("alike", 3.0)], Records(File.ReadAllBytes(path)).Select(Event).SelectMany(one => one.Values));
    }

    private static IEnumerable<byte[]> Records(byte[] file)
    {
        for (var at = 0; at < file.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var data = file.AsSpan(at + 12, length).ToArray();
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            yield return data;
            at += 16 + length;
        }
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var one in bytes)
        {
            crc ^= one;
            // Castagnoli's polynomial, reversed
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }
        crc = ~crc;
        return (crc >> 15 | crc << 17) + 0xA282EAD8;
    }

    private static (long Step, string? Version, List<(string Tag, double Number)> Values) Event(byte[] data)
    {
        var (step, version, values) = (0L, (string?)null, new List<(string, double)>());
        foreach (var (field, number, bytes) in Fields(data))
        {
            if (field == 2) step = (long)number;
            if (field == 3) version = Encoding.UTF8.GetString(bytes);
            if (field != 5) continue;
            foreach (var (_, _, value) in Fields(bytes))
            {
                var fields = Fields(value).ToDictionary(one => one.Field);
                var scalar = fields.TryGetValue(2, out var simple) ? BitConverter.UInt32BitsToSingle((uint)simple.Number)
                    : Count(fields[5].Bytes);
                values.Add((Encoding.UTF8.GetString(fields[1].Bytes), scalar));
            }
        }
        return (step, version, values);
    }

    /// <summary>The number of elements of a distribution, after looking whether its buckets add up to it.</summary>
    private static double Count(byte[] histogram)
    {
        var fields = Fields(histogram).ToDictionary(one => one.Field);
        var count = BitConverter.UInt64BitsToDouble(fields[3].Number);
        double[] Doubles(int field) => [.. fields[field].Bytes.Chunk(8).Select(chunk => BitConverter.ToDouble(chunk))];
        Assert.Equal(count, Doubles(7).Sum());
        Assert.Equal(Doubles(6).Length, Doubles(7).Length);
        Assert.Equal(Doubles(6).Order(), Doubles(6));
        return count;
    }

    private static IEnumerable<(int Field, ulong Number, byte[] Bytes)> Fields(byte[] data)
    {
        for (var at = 0; at < data.Length;)
        {
            var tag = Variable(ref at);
            var (number, bytes) = (0UL, Array.Empty<byte>());
            switch (tag & 7)
            {
                case 0: number = Variable(ref at); break;
                case 1: number = BitConverter.ToUInt64(data, at); at += 8; break;
                case 5: number = BitConverter.ToUInt32(data, at); at += 4; break;
                case 2: var length = (int)Variable(ref at); bytes = data[at..(at + length)]; at += length; break;
                default: Assert.Fail($"wire type {tag & 7}"); break;
            }
            yield return ((int)(tag >> 3), number, bytes);
        }

        ulong Variable(ref int at)
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                value |= (ulong)(data[at] & 0x7F) << shift;
                if (data[at++] < 0x80) return value;
            }
        }
    }
}
