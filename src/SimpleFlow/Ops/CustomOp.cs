using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// An op of your own that is not elementwise: a record with a shape rule, a gradient rule and a plain reading. Everything else is optional.
/// Its result has float32 elements. Its attributes are the properties of the record, so that equal ops are equal, and it depends on nothing
/// else than them and its inputs.
/// </summary>
public abstract record CustomOp : Op
{
    /// <summary>Creates the op.</summary>
    /// <param name="operands">Its inputs, without the first, which is the node that it is added to.</param>
    protected CustomOp(params Node[] operands) : base(Required.Value(operands)) { }

    /// <summary>
    /// The shape rule: the shape of the result for inputs of these shapes. A size that is not known before there is a feed is null; if all
    /// sizes of the inputs are known, so must be those of the result. For shapes that do not fit it throws a <see cref="ShapeException"/>
    /// with the rule and advice; the names of op and inputs, their shapes and their places are added to it.
    /// </summary>
    protected abstract Shape ShapeOf(ReadOnlySpan<Shape> inputs);

    /// <summary>The element type that an input must have; by default <see cref="ElementType.Float32"/>.</summary>
    protected virtual ElementType TypeOf(int input) => ElementType.Float32;

    /// <summary>The plain reading: the obvious loop, in float64. It defines what the op means.</summary>
    /// <param name="inputs">The inputs; copies, which may be overwritten.</param>
    /// <param name="result">Zeros of the shape of the result, to be filled. It has elements: without any, nothing is called.</param>
    protected abstract void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result);

    /// <summary>The kernel: fills a piece of the result in float32. By default it is <see cref="Plain"/>, which allocates at every
    /// step.</summary>
    protected virtual void Run(OpRun run)
    {
        var result = Filled(run.Shape, run.PlainInputs());
        for (var i = 0; i < run.Result.Length; i++) run.Result[i] = (float)result.Elements[run.Start + i];
    }

    /// <summary>
    /// Into which pieces the result may be split, if it is worth it to compute them on several threads: multiples of this many elements.
    /// A kernel that computes rows of the result one by one returns the length of a row. By default the result is one piece.
    /// </summary>
    /// <param name="result">The shape of the result.</param>
    protected virtual int BlockOf(Shape result) => (int)Math.Max(1, Required.Value(result).ElementCount);

    internal sealed override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (shapes, nodes) = (new Shape[inputs.Length], new Node[inputs.Length]);
        for (var i = 0; i < shapes.Length; i++)
        {
            (shapes[i], nodes[i]) = (inputs[i].Shape, inputs[i].Node);
            if (TypeOf(i) != inputs[i].ElementType)
                throw new ShapeException($"{inputs[i]} is {inputs[i].ElementType}; {TypeOf(i)} is needed.",
                    "Convert it with Cast(), or declare the placeholder with the other element type.");
        }
        try
        {
            var shape = ShapeOf(shapes) ?? throw new InvalidOperationException("ShapeOf returned null.");
            return shape.IsKnown || !Array.TrueForAll(shapes, one => one.IsKnown) ? Signature.Float(shape)
                : throw new InvalidOperationException($"ShapeOf leaves a size of {shape} open, although all inputs are known.");
        }
        catch (ShapeException broken)
        {
            var given = string.Join(", ", nodes.Zip(shapes, (node, shape) => $"`{node.Label}` {shape}"));
            throw new ShapeException($"{broken.Rule} It was given {given}.", broken.Advice);
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw OpFailure.Of(exception, this, nodes);
        }
    }

    internal sealed override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        // Tensors may share their elements, and a reading may write into what it was given.
        var own = Array.ConvertAll(inputs, input => new PlainTensor(input.Shape, [.. input.Elements]));
        return Filled(ShapeOf(Array.ConvertAll(inputs, input => input.Shape)), own);
    }

    // A loop over rows need not reckon with rows of no elements.
    private PlainTensor Filled(Shape shape, PlainTensor[] inputs)
    {
        var result = new PlainTensor(shape);
        if (result.Count > 0) Plain(inputs, result);
        return result;
    }

    internal sealed override Kernel Compile(in Binding binding)
    {
        var (node, inputs, output) = (binding.Node, binding.Inputs, binding.Output);
        return new BlockKernel(output.Count, Math.Max(1, BlockOf(node.Shape)), (start, end) =>
        {
            try
            {
                Run(new OpRun(node, inputs, output, start, end));
            }
            catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
            {
                throw new OpFailure(this, exception);
            }
        });
    }

    // Nobody knows what it costs: a few operations for every element it reads or writes.
    internal sealed override double Cost(Operation node) =>
        node.Shape.ElementCount + node.InputArray.Sum(input => (double)input.Shape.ElementCount);
}
