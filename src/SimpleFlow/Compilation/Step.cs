using SimpleFlow.Kernels;

namespace SimpleFlow.Compilation;

/// <summary>One step of a plan: an operation with its kernel, or a group of elementwise operations and assignments that run as one tile program.</summary>
internal sealed class Step
{
    public Step(Operation[] nodes, Func<Operation, bool> isNeededOutside, int threads, double costWorthSplitting)
    {
        Nodes = nodes;
        if (nodes[0].Op is Elementwise or Assign) (Program, Reads, Writes) = ProgramOf(nodes, isNeededOutside);
        else
        {
            Reads = nodes[0].InputArray;
            Writes = [nodes[0]];
        }
        Cost = nodes.Sum(node => node.Op.Cost(node));
        Parts = Cost >= costWorthSplitting ? threads : 1;
    }

    /// <summary>What is computed, in order.</summary>
    public Operation[] Nodes { get; }

    /// <summary>The group's program; null for a single operation with a kernel of its own.</summary>
    public TileProgram? Program { get; }

    /// <summary>What is read from memory: the program's inputs, or the operation's.</summary>
    public Node[] Reads { get; }

    /// <summary>What is written to memory: for each instruction of the program the node that holds it (a variable for an assignment), or null.</summary>
    public Node?[] Writes { get; }

    /// <summary>About how many nanoseconds it takes on one thread.</summary>
    public double Cost { get; }

    /// <summary>Its additions and multiplications.</summary>
    public double Flops => Nodes.Sum(node => node.Op.Flops(node));

    /// <summary>The bytes it reads and writes in memory.</summary>
    public long Bytes => sizeof(float) * (
        Reads.Where((_, i) => Program is not null || !Nodes[0].Op.UsesOnlyShape(i)).Sum(read => (long)read.Shape.Count) + Writes.Sum(write => write is null ? 0L : write.Shape.Count));

    /// <summary>What it computes, in one line.</summary>
    public string Title => string.Join(" → ", Nodes.Select(node => node.Op));

    /// <summary>Into how many parts it is split.</summary>
    public int Parts { get; }

    public long ScratchFloats => Program?.ScratchFloats(Parts) ?? Nodes[0].Op.ScratchFloats(Nodes[0], Parts);

    private static (TileProgram, Node[], Node?[]) ProgramOf(Operation[] nodes, Func<Operation, bool> isNeededOutside)
    {
        var inputs = new List<Node>();
        foreach (var node in nodes)
        {
            for (var i = 0; i < node.InputArray.Length; i++)
            {
                var input = node.InputArray[i];
                if (!node.Op.UsesOnlyShape(i) && !nodes.Contains(input) && !inputs.Contains(input)) inputs.Add(input);
            }
        }
        var values = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputs.Count; i++) values[inputs[i]] = i;

        var instructions = new List<TileInstruction>();
        var writes = new List<Node?>();
        foreach (var node in nodes)
        {
            if (node.Op is Assign)
            {
                Assign(node);
                continue;
            }
            var operands = Array.ConvertAll(node.InputArray, input => values[input]);
            var isStored = isNeededOutside(node);
            values[node] = inputs.Count + instructions.Count;
            instructions.Add(new TileInstruction(((Elementwise)node.Op).TileFunction(node.InputArray[0].ElementType), operands, isStored));
            writes.Add(isStored ? node : null);
        }
        return (new TileProgram(inputs.Count, [.. instructions]), [.. inputs], [.. writes]);

        void Assign(Operation node)
        {
            var variable = node.InputArray[0];
            var value = values[node.InputArray[1]];
            values[node] = value;
            var maker = value - inputs.Count;
            // The value's own instruction may write straight into the variable, if nothing after it reads the old elements, under whatever shape.
            bool ReadsOld(int operand) => operand < inputs.Count && ReferenceEquals(Storage.Of(inputs[operand]), variable);
            if (maker >= 0 && writes[maker] is null && !instructions.Skip(maker + 1).Any(instruction => instruction.Operands.Any(ReadsOld)))
            {
                instructions[maker] = instructions[maker] with { IsStored = true };
                writes[maker] = variable;
                return;
            }
            instructions.Add(new TileInstruction(TileCopy.Instance, [value], IsStored: true));
            writes.Add(variable);
        }
    }
}
