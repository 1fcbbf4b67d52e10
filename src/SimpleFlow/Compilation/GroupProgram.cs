using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow.Compilation;

/// <summary>The elementwise operations and assignments of a group, written as the instructions of a tile program.</summary>
/// <param name="Reads">The program's inputs.</param>
/// <param name="Instructions">Its instructions; none if the group has no elementwise operation.</param>
/// <param name="Writes">For each instruction, the node whose memory its value goes to (a variable for an assignment), or null.</param>
internal sealed record GroupProgram(List<Node> Reads, List<TileInstruction> Instructions, List<Node?> Writes)
{
    /// <param name="group">The operations of the group, in order.</param>
    /// <param name="isNeededOutside">Whether a result must be in memory.</param>
    public static GroupProgram Of(Operation[] group, Func<Operation, bool> isNeededOutside)
    {
        var nodes = Array.FindAll(group, IsElementwise);
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
        return new GroupProgram(inputs, instructions, writes);

        void Assign(Operation node)
        {
            var variable = node.InputArray[0];
            var value = values[node.InputArray[1]];
            values[node] = value;
            var maker = value - inputs.Count;
            // The value's own instruction may write directly into the variable, if nothing after it reads the old elements, in whatever
            // shape.
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

    /// <summary>Whether an operation is an instruction of a program; the others have kernels of their own.</summary>
    public static bool IsElementwise(Operation node) => node.Op is Elementwise or Assign;
}
