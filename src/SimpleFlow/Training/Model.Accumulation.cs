using SimpleFlow.Compilation;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <content>Gradients of several batches, averaged before they change anything.</content>
public sealed partial class Model
{
    private (int Batches, Variable[] Sums, Session Gathering, Session Applying)? _accumulation;

    /// <summary>A step that adds its gradients to what was gathered, and one that then updates by the mean of all of them and begins anew.</summary>
    private (Session Gathering, Session Applying) Accumulation(int batches)
    {
        Trainable(_training);
        if (_accumulation is { } known && known.Batches == batches)
        {
            // A fit that was cancelled may have left something gathered.
            foreach (var sum in known.Sums) sum.Memory.Span.Clear();
            return (known.Gathering, known.Applying);
        }
        Variable[] sums = [.. _trained.Select(variable => new Variable($"{variable.Name}/gathered", variable.Shape, Initializer.Zeros(), trainable: false))];
        var means = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < sums.Length; i++) means[_gradients[i]] = (sums[i] + _gradients[i]) * (1f / batches);
        // The optimizer's own updates, with the means where the gradients of one batch were: its state stays the same whatever is accumulated.
        var updates = Rewriter.Run([.. _updates], (node, inputs) => means.TryGetValue(node, out var mean) ? mean : node is Operation operation ? Rewriter.With(operation, inputs) : node);
        var gathering = new Session([.. Watched, _guard!, .. sums.Select((sum, i) => sum.Assign(sum + _gradients[i])), .. _averages], _clock, _options);
        var applying = new Session([.. Watched, _guard!, .. updates, .. sums.Select(sum => sum.Assign(((Node)0f).Broadcast(sum.Shape)))], _clock, _options);
        _accumulation = (batches, sums, gathering, applying);
        return (gathering, applying);
    }
}
