namespace SimpleFlow.Benchmarks;

/// <summary>Something that can be done again and again and timed: a training step, a product, a loop.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>Brings it back to where it started: first weights, fresh state of the optimizer. Not timed.</summary>
    void Reset();

    /// <summary>Does it <paramref name="times"/> times.</summary>
    void Run(int times);

    /// <summary>The loss that the last training step started from; NaN for anything else.</summary>
    float Loss { get; }
}

/// <summary>A library that SimpleFlow is compared with.</summary>
internal interface IPeer
{
    string Name { get; }

    /// <summary>A training step of the network, from the network's own first weights and on its own batch, which are
    /// in the peer's memory before it runs.</summary>
    IContestant Step(StepNetwork network, int threads);

    /// <summary>A product of two square matrices.</summary>
    IContestant Product(int size, int threads);
}
