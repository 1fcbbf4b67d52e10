using Google.Protobuf.Reflection;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>
/// Counts the parts of a file before they are read: nodes, attributes, names. A part of two bytes becomes an object of a hundred, so that a
/// file of a few megabytes could ask for gigabytes; a file with more parts than any network has is refused.
/// </summary>
internal static class PartLimit
{
    /// <summary>Far more than the largest networks have: a node has about ten.</summary>
    public const int MostParts = 1_000_000;

    private const int Message = 2, Eight = 1, Four = 5;

    /// <exception cref="OnnxException">There are too many.</exception>
    public static void Require(Stream stream)
    {
        var start = stream.Position;
        Count(stream);
        stream.Position = start;
    }

    private static void Count(Stream stream)
    {
        var start = stream.Position;
        var buffered = new BufferedStream(stream, 1 << 16);
        var (open, at, parts) = (new Stack<(MessageDescriptor? Kind, long End)>(), 0L, 0);
        open.Push((ModelProto.Descriptor, long.MaxValue));
        // What is damaged is left to the reader, which says how.
        while (open.Count > 0)
        {
            var (kind, end) = open.Peek();
            if (at >= end)
            {
                open.Pop();
                continue;
            }
            if (Number() is not { } tag) return;
            var field = kind?.FindFieldByNumber((int)(tag >> 3));
            switch (tag & 7)
            {
                case 0:
                    if (Number() is null) return;
                    break;
                case Message:
                    if (Number() is not { } length || length > long.MaxValue - (ulong)at) return;
                    // Numbers in one piece are no parts.
                    if (field is { FieldType: FieldType.Message or FieldType.String or FieldType.Bytes } && ++parts > MostParts)
                        throw new OnnxException($"the file has more than {MostParts:N0} nodes, attributes and names, and is refused.");
                    if (field?.FieldType == FieldType.Message && open.Count < 100) open.Push((field.MessageType, at + (long)length));
                    else if (!Skip((long)length)) return;
                    break;
                case Eight or Four:
                    if (!Skip((tag & 7) == Eight ? 8 : 4)) return;
                    break;
                default:
                    return;
            }
        }

        ulong? Number()
        {
            var number = 0UL;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var one = buffered.ReadByte();
                if (one < 0) return null;
                at++;
                number |= (ulong)(one & 0x7F) << shift;
                if (one < 0x80) return number;
            }
            return null;
        }

        bool Skip(long count)
        {
            if (count > buffered.Length - start - at) return false;
            at += count;
            buffered.Position = start + at;
            return true;
        }
    }
}
