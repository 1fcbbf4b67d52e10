namespace SimpleFlow;

public abstract partial record Layer
{
    /// <summary>Puts all elements of an example in one row: [batch, ..] to [batch, numbers].</summary>
    public sealed record Flatten : Layer
    {
        protected override string Kind => "flat";
        protected override Node Build(Node x, string name) => x.Flatten(name);
    }
}
