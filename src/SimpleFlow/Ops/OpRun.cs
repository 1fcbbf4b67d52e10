using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>A run of a <see cref="CustomOp"/> over float32 memory: its inputs, and the piece of its result to fill.</summary>
public readonly ref struct OpRun
{
    private readonly Operation _node;
    private readonly Region[] _inputs;

    internal unsafe OpRun(Operation node, Region[] inputs, Region output, int start, int end)
    {
        (_node, _inputs, Start) = (node, inputs, start);
        Result = new Span<float>(output.Pointer + start, end - start);
    }

    /// <summary>The piece of the result to fill. What is in it before is left from other steps.</summary>
    public Span<float> Result { get; }

    /// <summary>Where the piece begins: the row-major position of its first element in the whole result.</summary>
    public int Start { get; }

    /// <summary>The shape of the whole result.</summary>
    public Shape Shape => _node.Shape;

    /// <summary>The elements of an input in row-major order; truth values are 0 and 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    /// <exception cref="InvalidOperationException">Its elements are whole numbers: see <see cref="Integers"/>.</exception>
    public unsafe ReadOnlySpan<float> Input(int input) => NodeOf(input).ElementType != ElementType.Int32
        ? new(_inputs[input].Pointer, _inputs[input].Count)
        : throw new InvalidOperationException($"Input {input} has whole numbers: read Integers({input}).");

    /// <summary>The elements of an input of <see cref="ElementType.Int32"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    /// <exception cref="InvalidOperationException">Its elements are not whole numbers: see <see cref="Input"/>.</exception>
    public unsafe ReadOnlySpan<int> Integers(int input) => NodeOf(input).ElementType == ElementType.Int32
        ? new(_inputs[input].Integers, _inputs[input].Count)
        : throw new InvalidOperationException($"Input {input} has {NodeOf(input).ElementType} elements: read Input({input}).");

    /// <summary>The size of an input along an axis; a negative axis counts from the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input or axis.</exception>
    public int Size(int input, int axis)
    {
        var shape = NodeOf(input).Shape;
        return axis >= -shape.Rank && axis < shape.Rank ? _inputs[input].Sizes[axis < 0 ? axis + shape.Rank : axis]
            : throw new ArgumentOutOfRangeException(nameof(axis), axis, $"Input {input} has the shape {shape}, and no such axis.");
    }

    /// <summary>The inputs in float64.</summary>
    internal PlainTensor[] PlainInputs()
    {
        var plain = new PlainTensor[_inputs.Length];
        for (var i = 0; i < plain.Length; i++)
        {
            plain[i] = new PlainTensor(NodeOf(i).Shape);
            for (var j = 0; j < plain[i].Count; j++)
                plain[i].Elements[j] = NodeOf(i).ElementType == ElementType.Int32 ? Integers(i)[j] : Input(i)[j];
        }
        return plain;
    }

    private Node NodeOf(int input) => _inputs is not null && input >= 0 && input < _inputs.Length ? _node.InputArray[input]
        : throw new ArgumentOutOfRangeException(nameof(input), input, "The op has no such input.");
}
