namespace SimpleFlow;

public abstract partial record Layer
{
    /// <summary>The maximum of each window of an image. By default the windows lie side by side, without overlap.</summary>
    public sealed record MaxPool2D(int Window = 2, int? Stride = null, int Padding = 0) : Layer
    {
        protected override string Kind => "pool";
        protected override Node Build(Node x, string name) =>
            x.MaxPool2D(Window, Stride ?? Window, Padding, name: name);
    }

    /// <summary>The mean of each window of an image. By default the windows lie side by side, without overlap.</summary>
    public sealed record AveragePool2D(int Window = 2, int? Stride = null, int Padding = 0) : Layer
    {
        protected override string Kind => "pool";
        protected override Node Build(Node x, string name) =>
            x.AveragePool2D(Window, Stride ?? Window, Padding, name: name);
    }

    /// <summary>The mean of each channel: [batch, channels, height, width] to [batch, channels].</summary>
    public sealed record GlobalAveragePool : Layer
    {
        protected override string Kind => "pool";
        protected override Node Build(Node x, string name) => x.GlobalAveragePool().Flatten(name);
    }
}
