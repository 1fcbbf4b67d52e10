namespace SimpleFlow;

public abstract partial record Layer
{
    /// <summary>Gives the same elements another shape; the sizes are those of one example.</summary>
    public sealed record Reshape(params int[] Sizes) : Layer
    {
        /// <summary>The sizes without the batch.</summary>
        public int[] Sizes { get; init => field = Required.Value(value); } = Required.Value(Sizes);

        protected override string Kind => "shape";
        protected override Node Build(Node x, string name) =>
            x.Reshape(Shape.Create([null, .. Sizes.Select(size => (long?)size)]), name);

        /// <inheritdoc/>
        public bool Equals(Reshape? other) => other is not null && Name == other.Name && Sizes.AsSpan().SequenceEqual(other.Sizes);

        /// <inheritdoc/>
        public override int GetHashCode() => Sizes.Aggregate(Sizes.Length, HashCode.Combine);
    }
}
