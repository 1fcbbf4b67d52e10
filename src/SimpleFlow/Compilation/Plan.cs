using System.Globalization;
using System.Text;

namespace SimpleFlow.Compilation;

/// <summary>What the compiler makes of a graph for one set of fed shapes: steps in order, and the memory of each value.</summary>
internal sealed record Plan(
    Node[] Outputs,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Placeholder> Placeholders,
    IReadOnlyList<Constant> Constants,
    IReadOnlyList<Variable> Variables,
    MemoryPlan Memory,
    IReadOnlyDictionary<Node, (Bucket Bucket, int Start)> InBuckets,
    long ScratchLength,
    IReadOnlyList<(string Pass, int Nodes)> Passes,
    IReadOnlyDictionary<Placeholder, Shape> Fed)
{
    public long ArenaLength => Memory.Length + ScratchLength;

    /// <summary>Where a result lies that is not in the arena; null: it is there.</summary>
    public unsafe float* OutsideArena(Node owner) => InBuckets.TryGetValue(owner, out var place) ? place.Bucket.At(place.Start) : null;

    /// <summary>Where in the arena the constants lie, one after the other.</summary>
    public long ConstantsStart => Constants.Count == 0 ? 0 : Memory[Constants[0]];

    /// <summary>How many floats of the arena they take.</summary>
    public long ConstantsLength => Constants.Sum(MemoryPlan.Size);

    /// <summary>The same as <see cref="ToText"/>, for printing.</summary>
    public override string ToString() => ToText().TrimEnd();

    /// <summary>The plan as text: what each pass left, then every step with its shapes, its place in the arena, its estimated cost and the
    /// bytes it reads and writes.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        text.Append("passes  ").AppendJoin(" → ", Passes.Select(pass => $"{pass.Pass} {pass.Nodes}")).Append('\n');
        text.Append(CultureInfo.InvariantCulture,
            $"memory  {ArenaLength * 4:N0} bytes, of which {ScratchLength * 4:N0} scratch; {Memory.LargestLive * 4:N0} alive at most; "
                + $"{NumberText.Count(Memory.InPlace, "result")} in place\n");
        foreach (var placeholder in Placeholders)
            text.Append(CultureInfo.InvariantCulture, $"feed    {placeholder.Label} {placeholder.Shape} at {Memory[placeholder]}\n");
        foreach (var variable in Variables) text.Append($"variable {variable.Label} {variable.Shape}\n");
        for (var i = 0; i < Steps.Count; i++)
        {
            var step = Steps[i];
            var reads = string.Join(", ",
                step.Reads.Select(read => step.IsOnlyShape(read) ? read.Shape.ToString() : $"{Place(read)} {read.Shape}"));
            var writes = string.Join(", ", step.Writes.Select(write => $"{Place(write)} {write.Shape}").Distinct(StringComparer.Ordinal));
            var names = string.Join(", ", step.Nodes.Where(node => node.Name is not null).Select(node => $"`{node.Name}`"));
            text.Append(CultureInfo.InvariantCulture,
                $"{i,4}  {step.Title}: {reads} → {writes}  {step.Cost:N0} ns, "
                    + $"{step.Bytes:N0} bytes{(step.Parts > 1 ? $" in {step.Parts} parts" : "")}"
                    + $"{(names.Length > 0 ? "  " + names : "")}\n");
        }
        text.Append("outputs ").AppendJoin(", ", Outputs.Select(output => $"{Place(output)} {output.Shape}")).Append('\n');
        return text.ToString();
    }

    private string Place(Node node) => node is Operation { Op: Assign } assign ? assign.InputArray[0].Label : Storage.Of(node) switch
    {
        Variable variable => variable.Label,
        Constant constant => constant.Label,
        Placeholder placeholder => placeholder.Label,
        var owner when InBuckets.TryGetValue(owner, out var place) => $"bucket {place.Bucket.Number}@{place.Start}",
        var owner => $"@{Memory[owner]}",
    };
}
