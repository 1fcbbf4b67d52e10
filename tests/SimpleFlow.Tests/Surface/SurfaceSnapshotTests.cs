using SimpleFlow.Images;
using SimpleFlow.Onnx;
using SimpleFlow.Plots;

namespace SimpleFlow.Tests.Surface;

/// <summary>
/// What users can call stands in <c>Snapshots</c>, so that every change of it is seen in review. Less is better: what is added needs a
/// reason, and what users cannot use is internal.
/// </summary>
public sealed class SurfaceSnapshotTests
{
    [Fact]
    public void What_is_public_is_what_was_agreed_on()
    {
        Snapshot.AssertMatches("SimpleFlow", SurfaceText.Of(typeof(Node).Assembly));
        Snapshot.AssertMatches("SimpleFlow.Images", SurfaceText.Of(typeof(PictureFolder).Assembly));
        Snapshot.AssertMatches("SimpleFlow.Onnx", SurfaceText.Of(typeof(OnnxModel).Assembly));
        Snapshot.AssertMatches("SimpleFlow.Mpi", SurfaceText.Of(typeof(Mpi.Mpi).Assembly));
        Snapshot.AssertMatches("SimpleFlow.Plots", SurfaceText.Of(typeof(Chart).Assembly));
    }
}
