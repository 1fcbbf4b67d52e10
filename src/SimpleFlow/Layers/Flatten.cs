namespace SimpleFlow;

public abstract partial record Layer
{
    /// <summary>Puts all elements of an example in one row: [batch, ..] to [batch, numbers].</summary>
    public sealed record Flatten : Layer
    {
        private protected override string Kind => "flat";
        private protected override Node Build(Node x, string name, TimeSteps steps) => x.Flatten(name);
    }
}
