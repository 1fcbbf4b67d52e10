using System.Collections.Frozen;
using SimpleFlow.Onnx.Operators;

namespace SimpleFlow.Onnx;

/// <summary>All ops that can be read. An op of several versions has an entry for each meaning.</summary>
internal static class OperatorTable
{
    public static IReadOnlyList<Operator> All { get; } =
        [
        .. Functions.All, .. Arithmetic.All, .. Comparisons.All, .. Logic.All, .. Rounding.All, .. Casts.All,
        .. Reductions.All, .. ArgExtremes.All, .. Products.All, .. Activations.All, .. Softmaxes.All,
        .. Shapes.All, .. Joining.All, .. Slicing.All, .. Gathering.All, .. Sizes.All, .. Constants.All, .. Paddings.All,
        .. Convolutions.All, .. Pools.All, .. Normalisations.All, .. Dropouts.All, .. Resizing.All,
        .. ClassLosses.All, .. Quantisation.All, .. Triangles.All, .. RunningTotals.All, .. Sorting.All, .. Scattering.All,
        .. Rearranging.All, .. Chosen.All, .. Recurrent.All, .. Attentions.All, .. Einsums.All, .. WindowFunctions.All,
        .. Branches.All, .. Loops.All, .. Scans.All,
        .. Sequences.All, .. Grids.All, .. Regions.All, .. Boxes.All, .. Draws.All, .. Unpooling.All,
        .. Determinants.All, .. Patches.All, .. Spectra.All, .. DeformableConvolutions.All, .. TrainingSteps.All,
        ];

    private static readonly FrozenDictionary<(string, string), Operator[]> ByName =
        All.GroupBy(one => (one.Domain, one.Name)).ToFrozenDictionary(group => group.Key, group => group.ToArray());

    public static Operator? Find(string domain, string name, int opset) =>
        ByName.TryGetValue((domain, name), out var versions) ? Array.Find(versions, one => one.Since <= opset && opset <= one.Until) : null;
}
