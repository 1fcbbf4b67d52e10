namespace SimpleFlow;

public abstract partial record Layer
{
    /// <summary>A residual connection: the output of some layers added to their input (He and others, "Deep residual learning for image
    /// recognition", 2016).</summary>
    public sealed record Residual(params IReadOnlyList<Layer> Layers) : Layer
    {
        /// <summary>The layers whose output is added to their input.</summary>
        public IReadOnlyList<Layer> Layers { get; init => field = NotTooDeep(value); } = NotTooDeep(Layers);

        /// <summary>How often a training step leaves the layers out for an example, which then is its input alone, and scales them up
        /// otherwise: stochastic depth (Huang and others, "Deep networks with stochastic depth", 2016). Null: never.</summary>
        public float? DropRate { get; init; }

        protected override string Kind => "residual";
        private int Depth => 1 + DepthOf(Layers);

        // A copy: a list that is changed later could come to contain this very layer.
        private static Layer[] NotTooDeep(IReadOnlyList<Layer> layers) => DepthOf(Required.List(layers)) < MostNested ? [.. layers]
            : throw new ArgumentException(
                $"Residual layers are nested {MostNested + 1} deep; the maximum is {MostNested}. Put them one after the other.",
                nameof(layers));

        private static int DepthOf(IReadOnlyList<Layer> layers) =>
            layers.OfType<Residual>().Select(one => one.Depth).DefaultIfEmpty().Max();

        protected override Node Build(Node x, string name) =>
            x + Left(Layers.Index().Aggregate(x, (inner, one) => one.Item.Build(inner, one.Index + 1, $"{name}/")), name);

        private Node Left(Node branch, string name)
        {
            if (DropRate is not { } rate) return branch;
            int[] example = [.. Enumerable.Range(1, Math.Max(0, branch.Shape.Rank - 1))];
            return SimpleFlow.Layers.Dropout(branch, rate, example, $"{name}/dropout");
        }


        /// <inheritdoc/>
        public bool Equals(Residual? other) => other is not null && Name == other.Name && DropRate == other.DropRate
            && Layers.SequenceEqual(other.Layers);

        /// <inheritdoc/>
        public override int GetHashCode() => Layers.Count;
    }
}
