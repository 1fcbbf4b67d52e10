using SimpleFlow.Kernels;

namespace SimpleFlow.Compilation;

/// <summary>
/// The body of a scan as a plan. It is compiled once. Bound to memory it becomes kernels for every step of time, which differ in where they
/// read and write: a step reads its piece of each sequence where it lies, and writes its states and outputs where they stay.
/// </summary>
internal sealed unsafe class ScanProgram : IScanProgram
{
    // Of a kernel of a step, roughly, so that sequences which are too long for the machine are refused.
    private const long BytesOfKernel = 1_024;

    private readonly ScanBody _body;
    private readonly ScanLayout _layout;
    private readonly bool _isReverse;
    private readonly Plan _plan;
    private readonly AlignedMemory _constants;
    private readonly Dictionary<Node, int> _leaves = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, int> _places = new(ReferenceEqualityComparer.Instance);     // the results that a step writes in place
    private readonly List<int> _copied = [];                                                       // and those that are copied there

    private ScanProgram(ScanBody body, ScanLayout layout, bool isReverse, Plan plan)
    {
        (_body, _layout, _isReverse, _plan) = (body, layout, isReverse, plan);
        for (var i = 0; i < body.Leaves.Length; i++) _leaves[body.Leaves[i]] = i;
        for (var i = 0; i < plan.Outputs.Length; i++)
        {
            if (Storage.Of(plan.Outputs[i]) is not Operation made || !_places.TryAdd(made, i)) _copied.Add(i);
        }
        MemoryBudget.Require(Kernels * BytesOfKernel, () => $"A recurrence over {NumberText.Count(layout.Time, "step")} needs",
            "Cut the sequences into shorter ones.");
        _constants = new AlignedMemory((int)plan.ConstantsLength);
        foreach (var constant in plan.Constants) constant.WriteTo(new Region(ConstantAt(constant), constant.Shape.ToSizes()));
    }

    public long Kernels => 2 * _body.States.Length + _body.Outputs.Length
        + _layout.Time * (_plan.Steps.Sum(step => step.Kernels) + _copied.Count);

    public long ScratchFloats => _plan.ArenaLength - _plan.ConstantsLength;

    public double Flops => _layout.Time * _plan.Steps.Sum(step => step.Flops);

    public double Cost => _layout.Time * _plan.Steps.Sum(step => step.Cost);

    /// <summary>Gives every scan its program.</summary>
    public static Node[] For(Node[] outputs, CompilerOptions options)
    {
        if (!GraphOrder.Of(outputs, cancellation: options.Cancellation).Exists(HasNone)) return outputs;
        return Rewriter.Run(outputs, (node, inputs) => node is not Operation operation ? node
            : HasNone(operation) && operation.Op is Scan scan
                ? new Operation(scan with { Program = Of(scan, inputs, options) }, inputs, node.Name, node.MadeAt)
            : Rewriter.With(operation, inputs), options.Cancellation);

        static bool HasNone(Node node) => node is Operation { Op: Scan { Program: null } };
    }

    private static ScanProgram Of(Scan scan, Node[] inputs, CompilerOptions options)
    {
        var body = scan.Body;
        Shape[] shapes = Array.ConvertAll(inputs, input => input.Shape);
        var fed = new Dictionary<Placeholder, Shape>(ReferenceEqualityComparer.Instance);
        foreach (var (leaf, known) in body.Leaves.Zip(body.LeavesFor(shapes))) fed[leaf] = known.Shape;
        var plan = Compiler.Compile(body.Results, fed, options with { IsBody = true });
        return new ScanProgram(body, ScanLayout.Of(body, shapes), scan.Reverse, plan);
    }

    public Kernel Bind(in Binding binding)
    {
        var (inputs, clock) = (binding.Inputs, binding.Clock);
        var output = binding.Output.Pointer;
        var arena = binding.Scratch - _plan.ConstantsLength;
        var scratch = arena + _plan.Memory.Length;
        var (kernels, parts) = (new List<Kernel>(), new List<int>());
        for (var i = 0; i < _body.States.Length; i++)
            Add(new CopyKernel(inputs[_body.Sequences.Length + i].Pointer, At(i, _isReverse ? _layout.Time : 0), _layout.Stride(i)), 1);
        for (var i = 0; i < _layout.Starts.Length; i++)
        {
            var end = _layout.Starts[i] + _layout.Sections[i].ElementCount;
            var next = i + 1 < _layout.Starts.Length ? _layout.Starts[i + 1] : _layout.Length;
            if (end < next) Add(new Clear(output + end, (int)(next - end)), 1);
        }
        var before = kernels.Count;
        for (var place = 0; place < _layout.Time; place++)
        {
            var t = _isReverse ? _layout.Time - 1 - place : place;
            foreach (var step in _plan.Steps) Add(step.Bind(RegionOf, scratch, step.Parts, clock), step.Parts);
            foreach (var i in _copied)
                Add(new CopyKernel(RegionOf(_plan.Outputs[i]).Pointer, After(i), _layout.Stride(i)), 1);

            float* After(int section) => At(section, section < _body.States.Length && !_isReverse ? t + 1 : t);

            Region RegionOf(Node node)
            {
                var owner = Storage.Of(node);
                return Storage.RegionOf(node, _places.TryGetValue(owner, out var section) ? After(section) : owner switch
                {
                    Placeholder placeholder => LeafAt(_leaves[placeholder.Origin]),
                    Constant constant => ConstantAt(constant),
                    _ => arena + _plan.Memory[owner],
                });
            }

            float* LeafAt(int leaf)
            {
                if (leaf < _body.Sequences.Length)
                    return inputs[leaf].Pointer + (long)t * inputs[leaf].Sizes.Skip(1).Aggregate(1, (product, size) => product * size);
                var state = leaf - _body.Sequences.Length;
                return state < _body.States.Length ? At(state, _isReverse ? t + 1 : t) : inputs[leaf].Pointer;
            }
        }
        var ofStep = kernels.Skip(before).Take(_layout.Time == 0 ? 0 : _plan.Steps.Count).ToList();
        return new KernelLoop([.. kernels], [.. parts],
            () => ofStep.SelectMany((kernel, i) => kernel.Paths(_plan.Steps[i].Parts)).Distinct(), this);

        void Add(Kernel kernel, int ofKernel)
        {
            kernels.Add(kernel);
            parts.Add(ofKernel);
        }

        float* At(int section, int t) => output + _layout.Starts[section] + (long)t * _layout.Stride(section);
    }

    private float* ConstantAt(Constant constant) => _constants.Pointer + _plan.Memory[constant] - _plan.ConstantsStart;

    /// <summary>How many steps it has, and what each of them runs.</summary>
    public override string ToString() => $"{NumberText.Count(_layout.Time, "step")} of: "
        + string.Join("; ", _plan.Steps.Select(step => step.Title));
}
