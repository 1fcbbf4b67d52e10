using System.Globalization;
using System.Text;

namespace SimpleFlow.Compilation;

/// <summary>One step of a plan: a node whose kernel runs, in how many parts.</summary>
internal sealed record Step(Operation Node, int Parts, double Cost);

/// <summary>What the compiler makes of a graph for one set of fed shapes: steps in order, and where everything lies.</summary>
internal sealed record Plan(
    Node[] Outputs,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Placeholder> Placeholders,
    IReadOnlyList<Constant> Constants,
    IReadOnlyList<Variable> Variables,
    MemoryPlan Memory,
    int ScratchLength,
    IReadOnlyList<(string Pass, int Nodes)> Passes)
{
    public int ArenaLength => checked(Memory.Length + ScratchLength);

    /// <summary>The plan as text: what each pass left, then every step with its shapes, its place in the arena and what it is estimated to cost.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append("passes  ").AppendJoin(" → ", Passes.Select(pass => $"{pass.Pass} {pass.Nodes}")).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"memory  {ArenaLength * 4L:N0} bytes, of which {ScratchLength * 4L:N0} scratch; {Memory.LargestLive * 4:N0} alive at most; {Memory.InPlace} results in place\n");
        foreach (var placeholder in Placeholders) text.Append($"feed    {placeholder.Label} {placeholder.Shape} at {Memory[placeholder]}\n");
        foreach (var variable in Variables) text.Append($"variable {variable.Label} {variable.Shape}\n");
        for (var i = 0; i < Steps.Count; i++)
        {
            var (node, parts, cost) = Steps[i];
            var inputs = string.Join(", ", node.InputArray.Select((input, at) => node.Op.UsesOnlyShape(at) ? input.Shape.ToString() : $"{Place(input)} {input.Shape}"));
            text.Append(CultureInfo.InvariantCulture, $"{i,4}  {node.Op,-28} {inputs} → {Place(node)} {node.Shape}  {cost:N0} ns{(parts > 1 ? $" in {parts} parts" : "")}{(node.Name is null ? "" : $"  `{node.Name}`")}\n");
        }
        text.Append("outputs ").AppendJoin(", ", Outputs.Select(output => $"{Place(output)} {output.Shape}")).Append('\n');
        return text.ToString();
    }

    private string Place(Node node) => node is Operation { Op: Assign } assign ? assign.InputArray[0].Label : Storage.Of(node) switch
    {
        Variable variable => variable.Label,
        Constant constant => constant.Label,
        Placeholder placeholder => placeholder.Label,
        var owner => $"@{Memory[owner]}",
    };
}
