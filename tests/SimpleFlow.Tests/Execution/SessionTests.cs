using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Execution;

public class SessionTests
{
    private readonly Placeholder _x = new("x", [null, 2]);

    private Executable For(Session session, int rows) => session.For(new Dictionary<Placeholder, Shape> { [_x] = [rows, 2] });

    [Fact]
    public void A_plan_is_made_once_for_each_shape()
    {
        var session = new Session([_x * 2f], new StepClock(), new CompilerOptions());
        var (four, seven) = (For(session, 4), For(session, 7));
        Assert.NotSame(four, seven);
        for (var again = 0; again < 3; again++)
        {
            Assert.Same(four, For(session, 4));
            Assert.Same(seven, For(session, 7));
        }
    }

    [Fact]
    public void Small_plans_of_many_shapes_are_kept()
    {
        var session = new Session([_x * 2f], new StepClock(), new CompilerOptions());
        var first = For(session, 1);
        for (var rows = 2; rows <= 40; rows++) For(session, rows);
        Assert.Same(first, For(session, 1));
        Assert.Equal(40, session.Plans);
    }

    [Fact]
    public void A_placeholder_that_lends_only_its_shape_is_told_apart_too()
    {
        var like = new Placeholder("like", [null]);
        var session = new Session([((Node)1f).BroadcastLike(like)], new StepClock(), new CompilerOptions());
        Executable For(int rows) => session.For(new Dictionary<Placeholder, Shape> { [like] = [rows] });
        Assert.Equal(3, For(3).Output(0).Count);
        Assert.Equal(5, For(5).Output(0).Count);
        Assert.False(For(3).Reads(like));
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        var session = new Session([_x * 2f], new StepClock(), new CompilerOptions());
        Assert.Contains("`x` [?, 2]", Assert.Throws<GraphException>(() => session.For(new Dictionary<Placeholder, Shape>())).Message);
        Assert.Contains("fed [4, 3]",
            Assert.Throws<GraphException>(() => session.For(new Dictionary<Placeholder, Shape> { [_x] = [4, 3] })).Message);
    }
}
