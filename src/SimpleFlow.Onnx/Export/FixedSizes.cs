namespace SimpleFlow.Onnx.Export;

/// <summary>A graph with some of its free sizes fixed.</summary>
internal static class FixedSizes
{
    /// <param name="outputs">The graph.</param>
    /// <param name="sizes">The sizes, by the names that the file would have for them.</param>
    /// <exception cref="OnnxException">There is no such free size, or it cannot be this one.</exception>
    public static IReadOnlyList<Node> Of(IReadOnlyList<Node> outputs, IDictionary<string, int> sizes)
    {
        if (sizes.Count == 0) return outputs;
        var free = new UsedNodes(outputs, node => node.Inputs).Nodes.OfType<Placeholder>()
            .ToDictionary(placeholder => placeholder, FreeShape.Of);
        var names = free.Values.SelectMany(shape => shape).Select(size => size.Name).OfType<string>()
            .Distinct(StringComparer.Ordinal).ToList();
        foreach (var (name, size) in sizes)
        {
            if (!names.Contains(name))
                throw new OnnxException($"There is no free size '{name}' to fix.{Similar.Question(name, names)} "
                    + (names.Count == 0 ? "All sizes are fixed already." : $"Free are: {string.Join(", ", names)}."));
            if (size < 1) throw new OnnxException($"The size '{name}' cannot be {size}: fix it at 1 or more.");
        }
        return outputs.Replace(free.Where(one => one.Value.Any(size => size.Name is { } name && sizes.ContainsKey(name)))
            .ToDictionary(one => one.Key, one => (Node)Fixed(one.Key, one.Value, sizes)));
    }

    private static Placeholder Fixed(Placeholder placeholder, FreeSize[] shape, IDictionary<string, int> sizes) => new(placeholder.Name!,
        Shape.Create([.. shape.Select(size => size.Name is { } name && sizes.TryGetValue(name, out var known) ? known : size.Number)]),
        placeholder.ElementType, placeholder.MadeAt.File, placeholder.MadeAt.Line);
}
