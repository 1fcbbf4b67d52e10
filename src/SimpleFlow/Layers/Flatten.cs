namespace SimpleFlow;

public abstract partial record Layer
{
    /// <summary>All but the batch in a row: [batch, ..] to [batch, numbers].</summary>
    public sealed record Flatten : Layer
    {
        private protected override string Kind => "flat";
        private protected override Node Build(Node x, string name, TimeSteps steps) => x.Flatten(name);
    }
}
