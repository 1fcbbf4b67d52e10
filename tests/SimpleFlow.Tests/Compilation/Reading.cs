using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Compilation;

/// <summary>Some outputs with what is fed, ready to be read both ways.</summary>
internal sealed record Reading(Node[] Outputs, IReadOnlyDictionary<Placeholder, PlainTensor> Fed, StepIdentity Step)
{
    /// <summary>One thread, everything on.</summary>
    public static CompilerOptions OneThread { get; } = new() { Threads = 1 };

    private IEnumerable<Variable> Assigned =>
        GraphOrder.Of(Outputs).OfType<Operation>().Where(node => node.Op is Assign).Select(node => (Variable)node.InputArray[0]);

    public Plan Compile(CompilerOptions? options = null) =>
        Compiler.Compile(Outputs, Fed.ToDictionary(fed => fed.Key, fed => fed.Value.Shape), options ?? OneThread);

    /// <summary>The plain values of all nodes that the outputs need.</summary>
    public Dictionary<Node, PlainTensor> Plain() => PlainReading.ValuesOf(Outputs, Fed, step: Step);

    /// <summary>The elements of every output, read by a plan. Variables are given their values back.</summary>
    public double[][] Compiled(CompilerOptions? options = null)
    {
        var executable = new Executable(Compile(options), new StepClock { Seed = Step.Seed, Step = Step.Step });
        foreach (var (placeholder, value) in Fed)
        {
            if (!executable.Reads(placeholder)) continue;
            var region = executable.Feed(placeholder);
            for (var i = 0; i < value.Count; i++)
            {
                if (placeholder.ElementType == ElementType.Int32) region.IntegerSpan[i] = (int)value.Elements[i];
                else region.Span[i] = (float)value.Elements[i];
            }
        }
        var first = RunOnce(executable);
        // What is fed and what is constant stays: a second run finds everything as the first one did.
        AssertSame(first, RunOnce(executable), "the second run of the same plan");
        return first;
    }

    /// <summary>Bit for bit, except that +0 and −0 count as the same: a sum of one element, or of
    /// one and zeros around it, may keep −0.</summary>
    public static void AssertSame(double[][] expected, double[][] actual, string what)
    {
        for (var output = 0; output < expected.Length; output++)
        {
            Assert.Equal(expected[output].Length, actual[output].Length);
            for (var i = 0; i < expected[output].Length; i++)
            {
                var (left, right) = (expected[output][i], actual[output][i]);
                if (!left.Equals(right)) Assert.Fail($"Output {output}, element {i}: {left:R} and, by {what}, {right:R}.");
            }
        }
    }

    private double[][] RunOnce(Executable executable)
    {
        var before = Assigned.Distinct().Select(variable => (Variable: variable, Elements: variable.Memory.Span.ToArray())).ToList();
        executable.Run();
        var results = Outputs.Select((output, i) => output.ElementType == ElementType.Int32
            ? Array.ConvertAll(executable.Output(i).IntegerSpan.ToArray(), element => (double)element)
            : Array.ConvertAll(executable.Output(i).Span.ToArray(), element => (double)element)).ToArray();
        foreach (var (variable, elements) in before) variable.Set(elements);
        return results;
    }
}
