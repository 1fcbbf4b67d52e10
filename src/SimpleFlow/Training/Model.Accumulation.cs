using SimpleFlow.Compilation;
using SimpleFlow.Execution;

namespace SimpleFlow;

/// <content>What a step of a fit over epochs does: with gradients of several batches, averaged before they change anything, and for a last
/// batch that is smaller than the others.</content>
public sealed partial class Model
{
    private (int Batches, Variable[] Sums, Session Gathering)? _accumulation;
    private (int Batches, float LastBatch, Session Applying)? _applied, _smaller;

    /// <summary>A step that adds its gradients to what was gathered, and one that then updates by the mean of all of them and begins anew;
    /// the latter also for the last batch.</summary>
    /// <param name="batches">Of how many batches gradients are gathered; 1: the first step is null.</param>
    /// <param name="lastBatch">Which part of a full batch the last one is: running averages follow it by as much less.</param>
    internal (Session? Gathering, Session Applying, Session Last) StepsOf(int batches, float lastBatch)
    {
        if (batches > 1 && _accumulation?.Batches != batches)
        {
            Variable[] sums = [.. _trained.Select(variable => new Variable($"{variable.Name}/gathered", variable.Shape, Initializer.Zeros(),
                trainable: false))];
            (_accumulation, _applied, _smaller) = ((batches, sums, Gathering(sums)), null, null);
        }
        // A fit that was cancelled may have left something gathered.
        if (batches > 1) foreach (var sum in _accumulation!.Value.Sums) sum.Memory.Span.Clear();
        var applying = Kept(ref _applied, batches, 1);
        var last = lastBatch == 1 || _statistics.Count == 0 ? applying : Kept(ref _smaller, batches, lastBatch);
        return (batches > 1 ? _accumulation!.Value.Gathering : null, applying, last);
    }

    private Session Kept(ref (int Batches, float LastBatch, Session Applying)? kept, int batches, float lastBatch)
    {
        if (kept is not { } known || known.Batches != batches || known.LastBatch != lastBatch)
            kept = (batches, lastBatch, Applying(batches, lastBatch));
        return kept.Value.Applying;
    }

    private Session Gathering(Variable[] sums) => new(
        [.. Watched, Flow.AddFlow(_total, new Guard(_gradients, Guarded(norm: null))),
            .. sums.Select((sum, i) => sum.Assign(sum + _gradients[i])), .. Averages(lastBatch: 1)], _clock, _options);

    private Session Applying(int batches, float lastBatch)
    {
        if (batches == 1)
            return lastBatch == 1 ? _training! : new Session([.. Watched, _guard!, .. _assignments, .. Averages(lastBatch)], _clock,
                _options);
        var sums = _accumulation!.Value.Sums;
        var means = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < sums.Length; i++) means[_gradients[i]] = (sums[i] + _gradients[i]) * (1f / batches);
        // The optimizer's own updates, with the means where the gradients of one batch were:
        // its state stays the same whatever is accumulated.
        Node[] updates = [.. _assignments, .. _norm is null ? [] : (Node[])[_norm]];
        updates = Rewriter.Run(updates, (node, inputs) =>
            means.TryGetValue(node, out var mean) ? mean : node is Operation operation ? Rewriter.With(operation, inputs) : node);
        var guard = Flow.AddFlow(_total, new Guard(_gradients, Guarded(_norm is null ? null : updates[^1])));
        return new Session(
            [.. Watched, guard, .. updates[.._assignments.Count], .. Averages(lastBatch),
                .. sums.Select(sum => sum.Assign(((Node)0f).Broadcast(sum.Shape)))], _clock, _options);
    }

    /// <summary>How running averages follow a batch.</summary>
    private IEnumerable<Node> Averages(float lastBatch) => _statistics.Select(node => node.Op.Update(node, lastBatch)!);
}
